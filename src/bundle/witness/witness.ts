import type pg from 'pg';
import { sqlName, type AnyDataset } from '../../catalogue/look-up.ts';
import type { Relation } from '../../catalogue/vocabulary.ts';
import { CarryallError } from '../../errors.ts';
import { readForeignKeys, type ForeignKey } from '../../store/foreign-keys.ts';
import {
  exportSnapshot,
  openSnapshot,
  type QueryOptions,
  type Reader,
  type SnapshotLimits,
} from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import { evidenceOf } from './evidence.ts';
import { neighbours, readNeighbours, type Neighbours } from './neighbours.ts';

/** One person at one operator. */
interface Person {
  readonly tenantId: string;
  readonly subjectId: string;
}

/** The rows of one dataset in one relation; a section of a plan is one. */
export interface Kind {
  readonly dataset: AnyDataset;
  readonly relation: Relation;
}

/** Says of rows that came out whether they are the subject's, without the query that found them. */
export interface Witness extends AsyncDisposable {
  /**
   * Rejects with FOREIGN_ROW unless each id is that of a row which leads to the subject, with BUNDLE_FAILED when an id came
   * twice or nothing tells whose such rows are, and with DATABASE_FAILED when it cannot be asked.
   */
  take(kind: Kind, ids: readonly string[]): Promise<void>;
}

/** What a database enforces does not change while it is in use: read once for a pool. */
const known = new WeakMap<pg.Pool, Promise<Knowledge>>();

interface Knowledge {
  readonly keys: readonly ForeignKey[];
  readonly places: Neighbours;
}

function knowledgeOf(pool: pg.Pool, reader: Reader): Promise<Knowledge> {
  const there = known.get(pool);
  if (there !== undefined) return there;
  const reading = (async () => ({ keys: await readForeignKeys(reader), places: await readNeighbours(reader) }))();
  known.set(pool, reading);
  reading.catch(() => known.delete(pool));
  return reading;
}

/**
 * A witness on a reader's snapshot. It asks on the reader's own connection while that is free; while rows flow through it,
 * on a second one that sees the same snapshot and is opened when it is first needed. What it knows comes from the foreign
 * keys that the database enforces (invariant: one owner). Throws DATABASE_FAILED.
 */
export async function openWitness(
  pool: pg.Pool,
  reader: Reader,
  person: Person,
  limits: SnapshotLimits = {},
): Promise<Witness> {
  const knowledge = await knowledgeOf(pool, reader);
  const snapshotId = await exportSnapshot(reader);
  await using opening = new AsyncDisposableStack();
  const open = opening.move();
  let second: Promise<Reader> | undefined;
  const besides = (): Promise<Reader> =>
    (second ??= openSnapshot(pool, person.tenantId, snapshotId, limits).then((opened) => open.use(opened)));
  return {
    take: async (kind, ids) => vouchFor(reader.isIdle() ? reader : await besides(), knowledge, person, kind, ids),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** A witness for rows that do not flow: it asks on the reader's own connection, in one packet what is asked in one turn. */
export async function witnessBetween(pool: pg.Pool, reader: Reader, person: Person): Promise<Pick<Witness, 'take'>> {
  const knowledge = await knowledgeOf(pool, reader);
  return { take: (kind, ids) => vouchFor(reader, knowledge, person, kind, ids) };
}

async function vouchFor(
  reader: Reader,
  { keys, places }: Knowledge,
  person: Person,
  kind: Kind,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const evidence = evidenceOf(keys, kind.dataset.model, kind.relation, person.subjectId);
  if (evidence === null) throw unknown(kind);
  const table = sqlName(kind.dataset.model);
  const by = places.get(table);
  if (by !== undefined && evidence.own && ids.length >= LONG) {
    // What is not among the neighbours is looked up by its id below, so this can only save time.
    if ((await count(reader, oneOf(ids), neighbours({ table, by }, person, ids))) === ids.length) return;
  }
  // (tenant, id) is the key of every table: an id counted is a row counted.
  const led = sql`SELECT r.id FROM ${sql.identifier(table)} r
    WHERE r.tenant_id = ${person.tenantId} AND r.id = ANY(${list(ids)}) AND ${evidence.condition('r')}`;
  if ((await count(reader, sql`true`, led, { isPrepared: ids.length < LONG })) === ids.length) return;
  throw new Set(ids).size < ids.length ? twice(kind) : foreign(kind);
}

const LONG = 500;

async function count(reader: Reader, which: Sql, rows: Sql, options?: QueryOptions): Promise<number> {
  const [row] = await reader.query<{ found: string }>(
    sql`SELECT count(*) FILTER (WHERE ${which}) AS found FROM (${rows}) r`,
    options,
  );
  return Number(row?.found);
}

function oneOf(ids: readonly string[]): Sql {
  return sql`r.id IN (SELECT unnest(${list(ids)}))`;
}

/** As one text, which costs a third of what an array of them does. */
function list(ids: readonly string[]): Sql {
  return ids.some((id) => id.includes('\n')) ? sql`${ids}::text[]` : sql`string_to_array(${ids.join('\n')}, ${'\n'})`;
}

function foreign({ dataset }: Kind): CarryallError {
  return new CarryallError(
    'FOREIGN_ROW',
    `${dataset.name}: a row came out of the database that does not lead to this person. The bundle was given up; raise an incident.`,
  );
}

function twice({ dataset }: Kind): CarryallError {
  return new CarryallError('BUNDLE_FAILED', `${dataset.name}: a row came twice. The bundle was given up.`);
}

function unknown({ dataset, relation }: Kind): CarryallError {
  return new CarryallError(
    'BUNDLE_FAILED',
    `${dataset.name}: no foreign key tells whose rows these are as ${relation}. Give the table one, or the witness a rule.`,
  );
}
