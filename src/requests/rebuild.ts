import type { Reader, Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { RequestKey, RequestRow } from './read.ts';
import { ACTIVE_STATUSES, isBuilt, statusAfter } from './states.ts';
import { lockRequest, take, type Move, type StepDesk, type Taken } from './write.ts';

/** How often the bundle of one request is built again by itself: a disk that damages what it holds would have it built for ever. */
const MOST_REBUILDS = 3;

/**
 * Has the bundle of a request built again that was lost or damaged. It is given up where that happened too often, and where the
 * bundle was sealed for the person alone, with what is forgotten: nothing else may go out in its place. Of a person who has
 * asked anew it ends, as they are answered with that. Null where the request does not count on a bundle. Throws NOT_FOUND.
 */
export async function rebuild(desk: StepDesk, writer: Writer, key: RequestKey): Promise<Taken | null> {
  const known = await lockRequest(writer, key);
  if (!isBuilt(known.right) || statusAfter('REBUILD', known.status) === null) return null;
  const { attempt } = known;
  const by = { kind: 'GATEWAY', tenant: key.tenantId } as const;
  return take(desk, writer, { ...key, attempt, by, ...(await stepFor(writer, known)) });
}

async function stepFor(reader: Reader, request: RequestRow): Promise<Pick<Move, 'step' | 'changes'>> {
  const { tenantId, id, subjectId, right } = request;
  await lockPerson(reader, request);
  const [found] = await reader.query<{ rebuilds: number; others: number }>(sql`
    SELECT (SELECT count(*)::int FROM request_step s
        WHERE s.tenant_id = ${tenantId} AND s.request_id = ${id} AND s.step = 'REBUILD') AS rebuilds,
      (SELECT count(*)::int FROM data_subject_request r WHERE r.tenant_id = ${tenantId} AND r.subject_id = ${subjectId}
        AND r."right" = ${right} AND r.status = ANY(${[...ACTIVE_STATUSES]}::text[])) AS others`);
  const { rebuilds = 0, others = 0 } = found ?? {};
  if (others > 0) return { step: 'EXPIRE' };
  if (await isSealForgotten(reader, request)) return { step: 'GIVE_UP', changes: { failureCode: 'SEAL_FORGOTTEN' } };
  if (rebuilds >= MOST_REBUILDS) return { step: 'GIVE_UP', changes: { failureCode: 'DAMAGED_TOO_OFTEN' } };
  return { step: 'REBUILD' };
}

/** Of two copies of a person that go on at once the second waits here, and then finds the first. */
export async function lockPerson(
  reader: Reader,
  { tenantId, subjectId }: Pick<RequestRow, 'tenantId' | 'subjectId'>,
): Promise<void> {
  await reader.query(sql`SELECT FROM subject WHERE tenant_id = ${tenantId} AND id = ${subjectId} FOR NO KEY UPDATE`);
}

/** Whether a request had a bundle that was sealed for its person alone: with what, is forgotten once such a bundle is there. */
export async function isSealForgotten(
  reader: Reader,
  { tenantId, id }: Pick<RequestRow, 'tenantId' | 'id'>,
): Promise<boolean> {
  const rows = await reader.query(
    sql`SELECT FROM portability_bundle WHERE tenant_id = ${tenantId} AND request_id = ${id} AND sealed LIMIT 1`,
  );
  return rows.length > 0;
}
