import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed when it is disposed. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

/** Makes a folder that PostgreSQL's own user can enter, unless `mode` says otherwise. */
export function openTemporaryFolder(mode = 0o755): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'carryall-test-'));
  chmodSync(path, mode);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
