import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixedClock } from '../../src/clock.ts';
import type { Fault } from '../../src/errors.ts';
import { CarryallError } from '../../src/errors.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { importFile, type ImportOptions } from '../../src/sources/import-file.ts';
import type { ImportReport } from '../../src/sources/report.ts';
import { openTestDatabase } from '../support/database.ts';

const policies = loadPolicies();

type Extra = Partial<Omit<ImportOptions, 'pool' | 'policies' | 'kind' | 'file'>>;

/** A database with a tenant of each policy, named by its code, and a folder for files. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file of this name and imports it, into the tenant CP unless told otherwise. */
  take(kind: string, name: string, content: string | Uint8Array, extra?: Extra): Promise<ImportReport>;
  /** The faults with which the file is refused. */
  refuse(kind: string, name: string, content: string | Uint8Array, extra?: Extra): Promise<readonly Fault[]>;
  rows<Row extends object>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Everything in every table, as text. */
  everything(): Promise<string>;
}

export async function openDesk(): Promise<Desk> {
  await using parts = new AsyncDisposableStack();
  const database = parts.use(await openTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'carryall-import-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const { pool } = database;
  for (const { code } of policies.policies) {
    await pool.query('INSERT INTO tenant (tenant_id, policy_code, name, country) VALUES ($1, $1, $1, $2)', [
      code,
      'NL',
    ]);
  }
  const take: Desk['take'] = async (kind, name, content, extra = {}) => {
    const file = join(folder, name);
    await writeFile(file, content);
    return importFile({
      pool,
      policies,
      tenant: 'CP',
      clock: fixedClock('2026-11-22T12:00:00Z'),
      ...extra,
      kind,
      file,
    });
  };
  const later = parts.move();
  return {
    folder,
    take,
    async refuse(kind, name, content, extra) {
      const error = await take(kind, name, content, extra).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof CarryallError) || error.code !== 'IMPORT_REFUSED')
        throw new Error('The file was not refused.', { cause: error });
      return error.faults;
    },
    rows: async <Row extends object>(statement: string, values: readonly unknown[] = []) =>
      (await pool.query(statement, [...values])).rows as Row[],
    async everything() {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
      );
      const texts = await Promise.all(
        rows.map(({ name }) =>
          pool.query<{ text: string | null }>(`SELECT string_agg(t::text, E'\\n') AS text FROM "${name}" t`),
        ),
      );
      return texts.map((result) => result.rows[0]?.text ?? '').join('\n');
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}

/** JSON values, one a line. */
export function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
