import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Actor } from '../../src/access/actor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { append } from '../../src/audit/append.ts';
import { isCarryallError } from '../../src/errors.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { createRequestDesk } from '../../src/requests/desk.ts';
import { fileRequest } from '../../src/requests/file.ts';
import type { Filed, Filing } from '../../src/requests/filing.ts';
import type { Move, RequestDesk } from '../../src/requests/write.ts';
import { advance } from '../../src/requests/write.ts';
import type { RequestRow } from '../../src/requests/read.ts';
import type { RequestWish } from '../../src/requests/wish.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { withTransaction, type Writer } from '../../src/store/session.ts';
import { NOW, type TenantId } from '../graphql/open-gateway.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** The tenants of the tests, one for each policy, and a second one of the first. */
const TENANTS = { cp: 'CP', cx: 'CX', ct: 'CT', cn: 'CN', cr: 'CR', other: 'CP' } as const;

const policies = loadPolicies();

/** Builds that were asked for. */
export interface Queued {
  readonly tenantId: string;
  readonly requestId: string;
  readonly notBefore?: Date;
}

export interface TestDesk extends AsyncDisposable {
  readonly desk: RequestDesk;
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly prisma: PrismaClient;
  /** Builds in the order in which they were asked for, whether or not their transaction was committed. */
  readonly queued: Queued[];
  setTime(at: Date | string): void;
  /** One transaction. */
  within<T>(tenant: TenantId, work: (writer: Writer) => Promise<T>): Promise<T>;
  /** One transaction, at whose end the audit log hears. */
  take<T extends { readonly row: RequestRow }>(
    tenant: TenantId,
    work: (writer: Writer) => Promise<T & ({ readonly entry: Filed['entries'][number] } | Pick<Filed, 'entries'>)>,
  ): Promise<RequestRow>;
  advance(tenant: TenantId, move: Omit<Move, 'tenantId' | 'by'>): Promise<RequestRow>;
}

/** A desk on a database of its own. Its queue notes what is put in it. */
export async function openDesk(): Promise<TestDesk> {
  const database = await openTestDatabase();
  const { pool } = database;
  const prisma = createPrisma(pool);
  using keysFolder = openTemporaryFolder();
  const keys = await openAuditKeys(keysFolder.path);
  let now = NOW;
  const queued: Queued[] = [];
  const desk = createRequestDesk({
    pool,
    clock: { now: () => now },
    policies,
    audit: { append: (writer, ...entries) => append(writer, keys, entries) },
    queue: { enqueue: async (_writer, build) => void queued.push(build) },
    secret: randomBytes(32),
  });
  for (const [tenantId, policyCode] of Object.entries(TENANTS))
    await prisma.tenant.create({
      data: { tenantId, policyCode, name: `Operator ${tenantId}`, country: 'NL', createdAt: NOW },
    });
  const within = <T>(tenant: TenantId, work: (writer: Writer) => Promise<T>): Promise<T> =>
    withTransaction(pool, tenant, work);
  return {
    desk,
    pool,
    databaseUrl: database.url,
    prisma,
    queued,
    setTime: (at) => void (now = new Date(at)),
    within,
    take: (tenant, work) =>
      within(tenant, async (writer) => {
        const taken = await work(writer);
        await desk.audit.append(writer, ...('entries' in taken ? taken.entries : [taken.entry]));
        return taken.row;
      }),
    advance: (tenant, move) =>
      within(tenant, (writer) => advance(desk, writer, { ...move, tenantId: tenant, by: { kind: 'GATEWAY', tenant } })),
    [Symbol.asyncDispose]: async () => {
      await prisma.$disconnect();
      await database.close();
    },
  };
}

export const WISH: RequestWish = {
  right: 'ACCESS',
  format: null,
  language: null,
  passphrase: null,
  recipient: null,
  details: null,
};

/** What a signed-in person files for themselves. */
export function filingOf(
  tenant: TenantId,
  subjectId: string,
  options: { readonly key?: string; readonly by?: Actor } & Partial<RequestWish> = {},
): Filing & { readonly subjectId: string } {
  const { key = randomBytes(8).toString('hex'), by = { kind: 'SUBJECT', tenant, subjectId }, ...wish } = options;
  return { tenantId: tenant, subjectId, by, channel: 'PORTAL', wish: { ...WISH, ...wish }, idempotencyKey: key };
}

/** Files in a transaction of its own. */
export function file(
  at: TestDesk,
  tenant: TenantId,
  subjectId: string,
  options: Parameters<typeof filingOf>[2] = {},
): Promise<RequestRow> {
  return at.take(tenant, (writer) => fileRequest(at.desk, writer, filingOf(tenant, subjectId, options)));
}

/** The code of what must be refused; DONE where it was not. */
export function refusal(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'DONE',
    (error: unknown) => (isCarryallError(error) ? error.code : String(error)),
  );
}
