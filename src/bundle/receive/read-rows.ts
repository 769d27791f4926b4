import { createHash } from 'node:crypto';
import { CarryallError, type Fault } from '../../errors.ts';
import type { BundleFile } from '../bundle-reader.ts';
import { rowChecker, type ReceivedRow, type RowRules } from './check-row.ts';
import type { RowFile } from './row-files.ts';

const BATCH_ROWS = 1000;
const BATCH_BYTES = 4 * 1024 * 1024;
const MOST_FAULTS = 50;

/**
 * The rows of a file in batches, each row checked. They are digested again while they are read: what is stored is what was
 * verified. Faults go to `faults`; rows that come after one are checked, and of no use. Throws BAD_INPUT where the file
 * changed.
 */
export async function* readRows(
  file: RowFile,
  { path, bytes }: BundleFile,
  rules: RowRules,
  faults: Fault[],
): AsyncGenerator<readonly ReceivedRow[]> {
  const check = rowChecker(file, rules);
  const batch = { rows: [] as ReceivedRow[], ids: new Set<string>(), bytes: 0 };
  let count = 0;
  for await (const line of linesOf(file, bytes)) {
    count += 1;
    if (faults.length >= MOST_FAULTS) continue;
    const row = check(line);
    if (typeof row === 'string') faults.push({ path, reason: `row ${count}: ${row}` });
    else if (batch.ids.has(row.id)) faults.push({ path, reason: `row ${count}: has the id of another row` });
    else {
      batch.rows.push(row);
      batch.ids.add(row.id);
      batch.bytes += line.length;
    }
    if (batch.rows.length < BATCH_ROWS && batch.bytes < BATCH_BYTES) continue;
    yield batch.rows;
    batch.rows = [];
    batch.ids.clear();
    batch.bytes = 0;
  }
  if (count !== file.rows) faults.push({ path, reason: `has ${count} rows, the manifest says ${file.rows}` });
  if (batch.rows.length > 0) yield batch.rows;
}

/** The lines that hold a row, without the commas and brackets that make an array of them. */
async function* linesOf({ path, sha256 }: RowFile, bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const isArray = path.endsWith('.json');
  let rest = '';
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isArray && (line === '[' || line === ']')) continue;
        yield isArray && line.endsWith(',') ? line.slice(0, -1) : line;
      }
    }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CarryallError('BAD_INPUT', `${path} is not UTF-8. Nothing was written.`, { cause });
  }
  if (rest !== '') yield rest;
  if (hash.digest('hex') !== sha256)
    throw new CarryallError('BAD_INPUT', `${path} changed after it was verified. Nothing was written.`);
}
