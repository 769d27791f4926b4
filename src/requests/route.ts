import type { AuditActor } from '../audit/entry.ts';
import { readSubjectFacts } from '../holdings/subject-facts.ts';
import { readTenant } from '../holdings/tenants.ts';
import { newId } from '../ids.ts';
import { instructionsFor } from '../mandates/standing.ts';
import type { Policy } from '../policy/schema.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { controllersFor, decisionsOf, isInstructionWanted, stepFor, type Decision } from './decide.ts';
import { tellControllers } from './notices.ts';
import { partsOf } from './parts.ts';
import type { RequestRow } from './read.ts';
import { readStanding, type Customer, type Standing } from './standing.ts';
import { take, type Declared, type RequestDesk, type Taken } from './write.ts';

/** What is decided of a request at one moment. */
export interface Routing {
  readonly policy: Policy;
  readonly decisions: readonly Decision[];
  readonly instructionIds: readonly string[];
  readonly standing: Standing;
  /** The controllers who are to be asked for an instruction. */
  readonly wanted: readonly Customer[] | null;
}

/** Decides who answers for what of a request, from the policy, the person's standing and the instructions of this moment (§4.2). */
export async function readRouting(
  desk: Pick<RequestDesk, 'policies' | 'clock'>,
  reader: Reader,
  { tenantId, subjectId, right }: RequestRow,
): Promise<Routing> {
  if (subjectId === null) throw new TypeError('Nobody is recognised');
  const now = desk.clock.now();
  const policy = desk.policies.policyOf((await readTenant(reader, tenantId)).policyCode);
  const subject = { tenantId, subjectId };
  const instructions = await instructionsFor(reader, subject, now);
  const parts = partsOf({
    policy,
    scope: right === 'PORTABILITY' ? 'PORTABILITY' : 'ACCESS',
    instruction: instructions.release,
    contractAlive: (await readSubjectFacts(reader, subject, now)).contractAlive,
  });
  const standing = await readStanding(reader, subject);
  const decisions = decisionsOf(parts, standing);
  const isAsked = isInstructionWanted(parts, standing) || stepFor(right, decisions) === 'ROUTE_INSTRUCT';
  const wanted = isAsked
    ? controllersFor({ outcome: 'INSTRUCTION_REQUIRED', relation: 'ACCOUNT_HOLDER' }, standing)
    : null;
  return { policy, decisions, instructionIds: instructions.ids, standing, wanted };
}

export interface Routed {
  readonly by: AuditActor;
  readonly declared?: Declared | undefined;
  /** Whether a person must look at it first, whatever the policy says of it. */
  readonly isExcessive?: boolean;
}

/** Routes a request that has been received: its decisions, its next step, and who is told. */
export async function route(
  desk: RequestDesk,
  writer: Writer,
  row: RequestRow,
  { by, declared, isExcessive = false }: Routed,
): Promise<Taken> {
  const routing = await readRouting(desk, writer, row);
  await storeDecisions(desk, writer, row, routing);
  const step = stepFor(row.right, routing.decisions);
  const taken = await take(desk, writer, {
    tenantId: row.tenantId,
    requestId: row.id,
    step: isExcessive && step === 'ROUTE_BUILD' ? 'ROUTE_REVIEW' : step,
    by,
    changes: { relation: relationOf(routing) },
    ...(declared === undefined ? {} : { declared }),
  });
  const { decisions, standing, wanted } = routing;
  const isPassedOn = taken.row.status === 'FORWARDED' || standing.endUserOf.length > 0;
  if (isPassedOn && decisions.some(({ outcome }) => outcome === 'FORWARDED'))
    await tellControllers(desk, writer, 'REQUEST_FORWARDED', taken.row, standing.endUserOf);
  if (wanted !== null) await tellControllers(desk, writer, 'INSTRUCTION_WANTED', taken.row, wanted);
  const { code, version } = routing.policy;
  const detail = { ...taken.entry.detail, clauses: clausesOf(decisions) };
  return { ...taken, entry: { ...taken.entry, policy: { code, version }, detail } };
}

/** The clauses on which a routing rests, as codes of the audit log: without their signs. */
function clausesOf(decisions: readonly Decision[]): readonly string[] {
  const clauses = decisions.flatMap((each) => (each.outcome === 'REFERRED' ? [] : each.clauses));
  return [...new Set(clauses.map((clause) => clause.replace('§', '')))]
    .filter((code) => /^[\w.]+$/.test(code))
    .toSorted();
}

/** Replaces the decisions on which nobody has spoken yet. */
export async function storeDecisions(
  desk: Pick<RequestDesk, 'clock'>,
  writer: Writer,
  { tenantId, id }: RequestRow,
  { policy, decisions, instructionIds }: Routing,
): Promise<void> {
  const at = desk.clock.now();
  await writer.execute(
    sql`DELETE FROM routing_decision WHERE tenant_id = ${tenantId} AND request_id = ${id} AND review IS NULL`,
  );
  const releases = await readReleases(writer, tenantId, instructionIds);
  for (const { role, relation, outcome, party, clauses, items, isInstructed } of decisions) {
    const release = isInstructed ? releases.find((each) => each.items.some((item) => items.includes(item))) : undefined;
    await writer.execute(sql`INSERT INTO routing_decision (tenant_id, id, request_id, policy_code, policy_version, role, relation,
        outcome, party, clauses, items, instruction_id, decided_at)
      VALUES (${tenantId}, ${newId('dec')}, ${id}, ${policy.code}, ${policy.version}, ${role}, ${relation}, ${outcome}, ${party},
        ${clauses}::text[], ${items}::text[], ${release?.id ?? null}, ${at}::timestamptz)
      ON CONFLICT (tenant_id, request_id, role, relation, outcome) DO NOTHING`);
  }
}

/** Which of the instructions let something leave, the last recorded first: nothing is released without one (Art. 28(3)(a)). */
function readReleases(
  reader: Reader,
  tenantId: string,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly items: readonly string[] }[]> {
  return reader.query(sql`SELECT id, items FROM processing_instruction
    WHERE tenant_id = ${tenantId} AND id = ANY(${ids}::text[]) AND export_allowed ORDER BY recorded_at DESC, id`);
}

/** The relation in which most is answered; of none, that of everybody who is recognised. */
function relationOf({ decisions }: Routing): string {
  const own =
    decisions.find(({ outcome }) => outcome === 'BUILD') ?? decisions.find(({ outcome }) => outcome !== 'REFERRED');
  return own?.relation ?? 'ACCOUNT_HOLDER';
}
