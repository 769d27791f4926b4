import type { Readable } from 'node:stream';
import type { WrittenFile } from './archive.ts';
import type { Piece } from './constant.ts';
import { documentTarget } from './document-target.ts';
import type { Outlet } from './outlet.ts';
import type { ShownRows } from './viewer/rows.ts';
import { singleArchive, type FinishedVolume } from './volumes.ts';
import { zipTarget } from './zip-target.ts';

/** The rows of one file: lines of JSON that passed the gate, to be opened once. */
export interface RowFile {
  readonly place: 'data' | 'context';
  readonly name: string;
  readonly large: boolean;
  readonly rows: number;
  readonly names: readonly string[];
  /** The name of its rows in the page, and the key by whose months the page counts them. */
  readonly viewer: { readonly id: string; readonly months: string | undefined };
  /** All of them, where they are in memory. */
  readonly lines: Buffer | null;
  open(): Readable;
  /** Takes lines back that are written and needed no more; their bytes are used again. */
  recycle(lines: Buffer): void;
}

/** The files that rows became, and what the archive's page shows of them. */
export interface WrittenRows {
  readonly files: readonly WrittenFile[];
  readonly viewer: { readonly rows: ShownRows; readonly files: readonly WrittenFile[] } | null;
}

/** What receives a bundle: an archive or a document. */
export interface BundleTarget {
  readonly format: 'ZIP' | 'JSON';
  rows(file: RowFile): Promise<WrittenRows>;
  /** The access log, lines of JSON. */
  log(lines: Readable): Promise<WrittenFile>;
  /** A stored file; null where the format has no place for binaries. */
  blob(path: string, content: () => Promise<Readable>, bytes: number): Promise<WrittenFile | null>;
  /** A part that is not rows: a schema, the information, the manifest. */
  part(path: string, value: object | string): Promise<WrittenFile | null>;
  /** The page that shows the rest, where the format has one. */
  page(path: string, pieces: readonly Piece[]): Promise<WrittenFile | null>;
  /** Sees to it that the manifest fits; the volumes before, which it lists, or null where there is but one container. */
  reserve(manifest: (volumes: readonly FinishedVolume[]) => object): Promise<readonly FinishedVolume[] | null>;
  /** The signature of the manifest, right after it. */
  signature(jws: string): Promise<void>;
  /** Writes what the container ends with, and settles when everything is out. */
  end(): Promise<void>;
}

/** A target of the wanted format, with scratch files below `workFolder`. */
export function openTarget(format: 'ZIP' | 'JSON', outlet: Outlet, workFolder: string): BundleTarget {
  return format === 'ZIP' ? zipTarget(singleArchive(outlet), workFolder) : documentTarget(outlet);
}
