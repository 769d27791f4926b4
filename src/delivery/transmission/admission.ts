import { hash, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { readStatement, signerOfStatement, type StatementType } from '../../bundle/sign/statement.ts';
import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { ReceiveDesk } from './desk.ts';
import type { Sender } from './partners.ts';
import { statementSchema, type Statement } from './statements.ts';

const TOLERANCE_SECONDS = 60;
const LONGEST = 8000;

/** Who states what. */
export interface Admitted<S = Statement> {
  readonly sender: Sender;
  readonly statement: S;
}

/** What every statement says. */
type Stated = Pick<Statement, 'iss' | 'aud' | 'iat' | 'jti' | 'tenant'>;

/** What is stated to one of our doors. */
export interface StatedTo<S extends Stated> {
  readonly type: StatementType;
  readonly schema: z.ZodType<S>;
  /** The address of the door, as senders write it. */
  readonly address: string;
}

/**
 * Who signed a statement, when it is one of our senders, to us, for the operator to whom it may deliver, of this minute, and
 * for the first time. Null for all else, and nobody is told which of these it was.
 */
export async function admit<S extends Stated>(
  desk: ReceiveDesk,
  jws: string,
  { type, schema, address }: StatedTo<S>,
): Promise<Admitted<S> | null> {
  const kid = jws.length <= LONGEST ? signerOfStatement(jws, type) : null;
  // Said, and not yet shown: it only tells by whose keys to look.
  const sender = desk.senders.find(({ name }) => name === issuerIn(jws));
  if (kid === null || sender === undefined) return null;
  const said = await readStatement(jws, type, await desk.keys.of(sender.keys, kid));
  const { success, data: statement } = schema.safeParse(said);
  if (!success || statement.iss !== sender.name || statement.tenant !== sender.tenant) return null;
  if (!isSame(statement.aud, address)) return null;
  const seconds = Math.floor(desk.clock.now().getTime() / 1000);
  if (Math.abs(seconds - statement.iat) > TOLERANCE_SECONDS) return null;
  return (await isFirst(desk, sender, statement)) ? { sender, statement } : null;
}

/** Admits what is stated of a bundle. */
export function admitStatement(desk: ReceiveDesk, jws: string): Promise<Admitted | null> {
  return admit(desk, jws, { type: 'carryall-transmission+jws', schema: statementSchema, address: desk.intake });
}

async function isFirst({ pool }: ReceiveDesk, { name, tenant }: Sender, { jti, iat }: Stated): Promise<boolean> {
  const id = hash('sha256', JSON.stringify([name, jti]));
  const until = new Date((iat + 2 * TOLERANCE_SECONDS) * 1000);
  return withTransaction(pool, tenant, async (writer) => {
    const spent = await writer.execute(sql`INSERT INTO spent_statement (tenant_id, id, expires_at)
      VALUES (${tenant}, ${id}, ${until}::timestamptz) ON CONFLICT DO NOTHING`);
    return spent === 1;
  });
}

function issuerIn(jws: string): unknown {
  try {
    const claims = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as { iss?: unknown };
    return claims.iss;
  } catch {
    return null;
  }
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}
