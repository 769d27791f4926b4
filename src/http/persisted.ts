import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ActorKind } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';
import { refusal } from './errors.ts';

/** Documents that are known beforehand, and who may send no others. */
export interface PersistedDocuments {
  /** By SHA-256 in hexadecimal. A Map: a plain object would know `__proto__`. */
  readonly documents: ReadonlyMap<string, string>;
  readonly only: ReadonlySet<ActorKind>;
}

export const NO_PERSISTED_DOCUMENTS: PersistedDocuments = { documents: new Map(), only: new Set() };

const manifestSchema = z.record(z.string(), z.string());

/**
 * The documents of a manifest as graphql-codegen writes it (`persistedDocuments`, hash to document, with or without
 * `sha256:`). Throws BAD_INPUT unless every hash is that of its document.
 */
export function parseManifest(manifest: unknown): ReadonlyMap<string, string> {
  const { data, error } = manifestSchema.safeParse(manifest);
  if (error !== undefined)
    throw new CarryallError('BAD_INPUT', 'A manifest of documents is an object of hashes and documents.');
  const documents = new Map(Object.entries(data).map(([hash, text]) => [bare(hash), text]));
  const faults = [...documents]
    .filter(([hash, text]) => createHash('sha256').update(text).digest('hex') !== hash)
    .map(([hash]) => ({ path: hash, reason: 'is not the SHA-256 of its document' }));
  if (faults.length > 0)
    throw new CarryallError('BAD_INPUT', 'The manifest of documents is not as it was made.', { faults });
  return documents;
}

/** The documents of a manifest file. Throws BAD_INPUT when it cannot be read, and what `parseManifest` throws. */
export async function readManifest(file: string): Promise<ReadonlyMap<string, string>> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', `There is no manifest of documents in JSON at ${file}.`, { cause });
  }
  return parseManifest(manifest);
}

/** The parameters of a request, as far as a document is found by them. */
export interface DocumentParams {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/**
 * The document that a request names by `documentId` (`sha256:…`, as in GraphQL over HTTP) or by
 * `extensions.persistedQuery.sha256Hash`; null when it sends its own. Throws CANNOT_SEND_PQ_ID_AND_BODY,
 * PERSISTED_QUERY_NOT_IN_LIST and PERSISTED_QUERY_ONLY.
 */
export function persistedDocument(
  { documents, only }: PersistedDocuments,
  kind: ActorKind,
  params: DocumentParams,
): string | null {
  const hash = hashOf(params);
  if (hash === null) {
    if (only.has(kind)) throw refusal('PERSISTED_QUERY_ONLY');
    return null;
  }
  if (params.query !== undefined && params.query !== null) throw refusal('CANNOT_SEND_PQ_ID_AND_BODY');
  const document = documents.get(hash);
  if (document === undefined) throw refusal('PERSISTED_QUERY_NOT_IN_LIST');
  return document;
}

const hashSchema = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

function hashOf({ documentId, extensions }: DocumentParams): string | null {
  if (typeof documentId === 'string') return bare(documentId);
  return hashSchema.safeParse(extensions).data?.persistedQuery.sha256Hash ?? null;
}

/** The hash without the name of its algorithm (GraphQL over HTTP, appendix A). */
function bare(hash: string): string {
  return hash.replace(/^sha256:/, '');
}
