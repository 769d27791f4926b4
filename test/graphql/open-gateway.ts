import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type pg from 'pg';
import type { Actor } from '../../src/access/actor.ts';
import { openAuditor, type Auditor } from '../../src/audit/auditor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { fixedClock } from '../../src/clock.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { TypedDocumentString } from '../../src/generated/documents/graphql.ts';
import { authenticator } from '../../src/http/authenticate.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/http/gateway.ts';
import { openIdentity, type IdentityOptions } from '../../src/http/identity/identity.ts';
import { DEFAULT_SETTINGS } from '../../src/http/identity/settings.ts';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import { signToken, type TokenKey } from '../../src/http/token.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import type { Database } from '../../src/store/database.ts';
import { createRequestDesk, NO_QUEUE } from '../../src/requests/desk.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { createTenantClients } from '../../src/store/tenant-clients.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

export const NOW = new Date('2026-11-22T00:00:00Z');

/** The tenants of the tests, one for each policy, and a second one of the first. */
const TENANTS = { cp: 'CP', cx: 'CX', ct: 'CT', cn: 'CN', cr: 'CR', other: 'CP' } as const;
export type TenantId = keyof typeof TENANTS;

/** What a client gets, as far as tests look at it. */
interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: {
    readonly privacy?: Readonly<Record<'nulls' | 'masked' | 'thirdParty' | 'cut', readonly unknown[]>>;
  };
}

interface Ask {
  readonly purpose?: string | undefined;
  /** @default one that is long enough; null for none */
  readonly reason?: string | null;
  readonly ticket?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  readonly key: TokenKey;
  readonly audit: Auditor;
  /** Statements sent to the database since the last call. */
  statements(): string[];
  ask(actor: Actor, query: string, options?: Ask): Promise<Answer>;
  /** The data of a document that must succeed. */
  send<Result, Variables extends Readonly<Record<string, unknown>>>(
    actor: Actor,
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result>;
}

/** Tokens that a key signs, at the tests' instant. */
export function localIdentity({ secret }: TokenKey): Omit<IdentityOptions, 'pool' | 'audit'> {
  return { clock: fixedClock(NOW), settings: DEFAULT_SETTINGS, secret };
}

/** A gateway on a database of its own, or a given one that it closes, asked through its public door without a port. */
export async function openGateway(options: Partial<GatewayOptions> = {}, given?: Database): Promise<TestGateway> {
  const database = given ?? (await openTestDatabase());
  const prisma = createPrisma(database.pool);
  const clients = createTenantClients(database.pool);
  const key = { secret: randomBytes(32) };
  const folder = openTemporaryFolder();
  const keys = await openAuditKeys(folder.path);
  const audit = openAuditor({ pool: database.pool, keys, clock: fixedClock(NOW), onFault: options.onFault ?? noFault });
  const identity = openIdentity({ ...localIdentity(key), pool: database.pool, audit });
  const { pool } = database;
  const policies = loadPolicies();
  const gateway = createGateway({
    pool,
    clients,
    audit,
    requests: createRequestDesk({ pool, clock: fixedClock(NOW), policies, audit, queue: NO_QUEUE, secret: key.secret }),
    authenticate: authenticator({ identity, pool, book: policies }),
    clock: fixedClock(NOW),
    bundles: { blobs: openBlobFolder(tmpdir()), workFolder: tmpdir() },
    ...options,
  });
  for (const [tenantId, policyCode] of Object.entries(TENANTS)) {
    await prisma.tenant.create({
      data: { tenantId, policyCode, name: `Operator ${tenantId}`, country: 'NL', createdAt: NOW },
    });
  }
  let statements: string[] = [];
  recordStatements(database.pool, (text) => statements.push(text));
  const ask = async (
    actor: Actor,
    query: string,
    { purpose, reason = 'A test of what is shown', ticket, variables }: Ask = {},
  ): Promise<Answer> => {
    const headers = {
      'content-type': 'application/json',
      [CSRF_HEADER]: '1',
      authorization: `Bearer ${await signToken(key, actor, 60, NOW)}`,
      ...(purpose === undefined ? {} : { 'x-carryall-purpose': purpose }),
      ...(reason === null ? {} : { 'x-carryall-reason': reason }),
      ...(ticket === undefined ? {} : { 'x-carryall-ticket': ticket }),
    };
    const body = JSON.stringify({ query, variables });
    const response = await gateway.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    return (await response.json()) as Answer;
  };
  return {
    gateway,
    prisma,
    pool: database.pool,
    key,
    audit,
    statements: () => {
      const sent = statements;
      statements = [];
      return sent;
    },
    ask,
    send: async <Result, Variables extends Readonly<Record<string, unknown>>>(
      actor: Actor,
      document: TypedDocumentString<Result, Variables>,
      variables: Variables,
    ) => {
      const { data, errors } = await ask(actor, document.toString(), { variables });
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data as Result;
    },
    [Symbol.asyncDispose]: async () => {
      await audit[Symbol.asyncDispose]();
      await prisma.$disconnect();
      await database.close();
      folder[Symbol.dispose]();
    },
  };
}

function noFault(error: unknown): void {
  throw error;
}

/** Hears of every statement, whether Prisma or our own SQL sends it. */
function recordStatements(pool: pg.Pool, hear: (text: string) => void): void {
  const listening = new WeakSet<pg.ClientBase>();
  pool.on('acquire', (client) => {
    if (listening.has(client)) return;
    listening.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const [first] = args;
        hear(typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? ''));
        return query(...args);
      },
    });
  });
}
