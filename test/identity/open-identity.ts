import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { openDemoProvider, type DemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { personasOf, type Persona } from '../../src/cli/demo/provider/personas.ts';
import { openAuditor, type Auditor } from '../../src/audit/auditor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { openIdentity, type Identity, type IdentityOptions } from '../../src/http/identity/identity.ts';
import type { RefusalKind } from '../../src/http/identity/refusal.ts';
import { DEFAULT_SETTINGS, type IdentitySettings } from '../../src/http/identity/settings.ts';
import { withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { GATEWAY_URL } from './browser.ts';

/** A clock that a test can turn on. */
export interface TestClock extends Clock {
  /** Milliseconds that it is ahead of the machine's. */
  ahead: number;
}

export interface TestIdentity extends AsyncDisposable {
  readonly identity: Identity;
  readonly pool: pg.Pool;
  readonly audit: Auditor;
  /** The connection string of the database. */
  readonly url: string;
  readonly secret: Uint8Array;
  readonly settings: IdentitySettings;
  readonly clock: TestClock;
  /** Why somebody was refused, in order. */
  readonly refusals: RefusalKind[];
  /** Another process of the same gateway. */
  another(changes?: Partial<IdentityOptions>): Identity;
}

const SUBJECT_EMAIL = 'ann@example.org';

/** Identity on a database of its own, with the tenants `acme` and `beta` and one subject, ann, in each. */
export async function openTestIdentity(settings: IdentitySettings = DEFAULT_SETTINGS): Promise<TestIdentity> {
  const database = await openTestDatabase();
  const { pool } = database;
  for (const tenant of ['acme', 'beta']) {
    await withTransaction(pool, tenant, async (writer) => {
      await writer.execute(sql`INSERT INTO tenant (tenant_id, policy_code, name) VALUES (${tenant}, 'CP', 'Acme')`);
      await writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES (${tenant}, ${`ann-of-${tenant}`})`);
      await writer.execute(sql`INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value)
        VALUES (${tenant}, 'i1', ${`ann-of-${tenant}`}, 'test', 'EMAIL', ${SUBJECT_EMAIL})`);
    });
  }
  const clock: TestClock = { ahead: 0, now: () => new Date(systemClock.now().getTime() + clock.ahead) };
  const secret = randomBytes(32);
  const refusals: RefusalKind[] = [];
  const folder = openTemporaryFolder();
  const audit = openAuditor({
    pool,
    keys: await openAuditKeys(folder.path),
    clock,
    onFault: (error) => console.error(error),
  });
  const options = {
    pool,
    audit,
    clock,
    secret,
    settings,
    publicOrigin: GATEWAY_URL,
    onRefusal: (kind: RefusalKind) => void refusals.push(kind),
  };
  const opened: Identity[] = [];
  const another: TestIdentity['another'] = (changes = {}) => {
    const identity = openIdentity({ ...options, ...changes });
    opened.push(identity);
    return identity;
  };
  return {
    identity: another(),
    another,
    pool,
    audit,
    url: database.url,
    secret,
    settings,
    clock,
    refusals,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((identity) => identity[Symbol.asyncDispose]()));
      await audit[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
      await database.close();
    },
  };
}

/** The demo's provider, which a test may change the personas of. */
export async function openTestProvider(): Promise<DemoProvider & { readonly personas: Persona[] }> {
  const personas: Persona[] = [...personasOf('acme', 'Ann@Example.org')];
  const provider = await openDemoProvider({ port: 0, personas, gatewayUrl: GATEWAY_URL });
  return { ...provider, personas };
}

/** The code of a refusal of `authenticate`; who it is when there was none. */
export async function outcome(identity: Identity, headers: Readonly<Record<string, string>>): Promise<unknown> {
  try {
    return (await identity.authenticate(new Headers(headers))).actor;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return code === 'UNAUTHENTICATED' ? message : error;
  }
}

/** What everybody is told who is refused. */
export const REFUSED = 'A valid token is needed: Authorization: Bearer TOKEN.';
