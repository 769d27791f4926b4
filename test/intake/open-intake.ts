import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type pg from 'pg';
import { openAuditor } from '../../src/audit/auditor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import type { DataSubjectRequest, PrismaClient } from '../../src/generated/prisma/client.ts';
import { authenticator } from '../../src/http/authenticate.ts';
import { createGateway, type Gateway } from '../../src/http/gateway.ts';
import { createBrowserSessions } from '../../src/http/identity/browser-sessions.ts';
import { openIdentity } from '../../src/http/identity/identity.ts';
import { DEFAULT_SETTINGS } from '../../src/http/identity/settings.ts';
import { createIntakeLimiter, INTAKE_LIMITS } from '../../src/http/intake/limits.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { createRequestDesk } from '../../src/requests/desk.ts';
import type { IdentityDesk } from '../../src/requests/identity/challenges.ts';
import { openCodes } from '../../src/requests/identity/codes.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';
import { secretPlace } from '../../src/notices/outbox.ts';
import { createTenantClients } from '../../src/store/tenant-clients.ts';
import { addPerson } from '../graphql/people.ts';
import { movingClock, type MovingClock } from '../notices/stage.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** An address of Ann's. */
export const ANN = 'ann@example.org';
export const ORIGIN = 'https://data.example.org';

export interface TestIntake extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly desk: IdentityDesk;
  readonly clock: MovingClock;
  /** Ids of requests for which a build was asked. */
  readonly queued: string[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Sends a form as a page of ours does; with other headers, as another. */
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** Asks, and gives the path of the page that follows. */
  ask(address: string, form?: Readonly<Record<string, string>>, tenant?: string): Promise<string>;
  /** The request of a page. */
  request(path: string): Promise<DataSubjectRequest>;
  /** Types a code into a page. */
  enter(path: string, code: string): Promise<Response>;
  /** The code that went out last for the request of a page; null where none did. */
  codeOf(path: string): Promise<string | null>;
}

export interface IntakeTestOptions {
  readonly coolingOff?: string | null;
  readonly perIdentifier?: number;
  readonly perAddress?: number;
  readonly takesNumbers?: boolean;
}

/** A gateway at which people ask without signing in; Ann is known by ann@example.org and a number, at two operators. */
export async function openIntake(options: IntakeTestOptions = {}): Promise<TestIntake> {
  const { coolingOff = null, perIdentifier = 1000, perAddress = 1000, takesNumbers = false } = options;
  const database = await openTestDatabase();
  const { pool } = database;
  const prisma = createPrisma(pool);
  const clock = movingClock('2026-11-22T00:00:00Z');
  const secret = randomBytes(32);
  const folder = openTemporaryFolder();
  const onFault = (error: unknown): void => {
    throw error;
  };
  const audit = openAuditor({ pool, keys: await openAuditKeys(folder.path), clock, onFault });
  const policies = loadPolicies();
  const queued: string[] = [];
  const queue = {
    enqueue: async (_writer: unknown, { requestId }: { requestId: string }) => void queued.push(requestId),
  };
  const requests = createRequestDesk({ pool, clock, policies, audit, queue, secret, limits: { coolingOff } });
  const desk: IdentityDesk = { ...requests, codes: openCodes(secret), takesNumbers };
  const identity = openIdentity({ pool, audit, clock, settings: DEFAULT_SETTINGS, secret });
  const gateway = createGateway({
    pool,
    clients: createTenantClients(pool),
    audit,
    requests,
    authenticate: authenticator({ identity, pool, book: policies }),
    clock,
    bundles: { blobs: openBlobFolder(tmpdir()), workFolder: tmpdir() },
    routes: identity.routes,
    rateLimits: { addressPoints: 100_000 },
    intake: {
      desk,
      limits: createIntakeLimiter(pool, { ...INTAKE_LIMITS, perIdentifier, perAddress }),
      sessions: createBrowserSessions({ pool, audit }, secret, '', { longestSeconds: 3600, idleSeconds: 900 }),
      publicOrigin: ORIGIN,
      requestPath: (id) => `/portal/requests/${id}`,
    },
    onFault,
  });
  for (const tenantId of ['cp', 'other'] as const) {
    await prisma.tenant.create({
      data: { tenantId, policyCode: 'CP', name: `Operator & ${tenantId}`, country: 'NL', createdAt: clock.now() },
    });
    await addPerson(prisma, tenantId, 'ann');
    const held = { tenantId, subjectId: 'ann', sourceSystem: 'test' };
    await prisma.subjectIdentifier.create({ data: { ...held, id: 'phone_ann', kind: 'PHONE', value: '+31612345678' } });
  }
  // Held for as long as Ann is known.
  await pool.query(`UPDATE subject_identifier SET held_since = '2026-01-01T00:00:00Z'`);
  const box = openSecretBox(secret, 'notice');
  const send = (path: string, init: RequestInit): Promise<Response> =>
    gateway.fetch(new Request(`http://localhost${path}`, init));
  const post: TestIntake['post'] = (path, form, headers = { origin: ORIGIN }) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    });
  return {
    gateway,
    pool,
    prisma,
    desk,
    clock,
    queued,
    get: (path, headers = {}) => send(path, { headers }),
    post,
    ask: async (address, form = {}, tenant = 'cp') => {
      const answer = await post(`/intake/${tenant}`, { address, right: 'ACCESS', format: 'ZIP', details: '', ...form });
      if (answer.status !== 303) throw new Error(`${answer.status} ${await answer.text()}`);
      return answer.headers.get('location') ?? '';
    },
    request: (path) => prisma.dataSubjectRequest.findFirstOrThrow({ where: { id: path.split('/')[3] ?? '' } }),
    enter: (path, code) => post(path, { code }),
    codeOf: async (path) => {
      const {
        id,
        tenantId,
        secret: sealed,
      } = await prisma.notice.findFirstOrThrow({
        where: { kind: 'IDENTITY_CODE', requestId: path.split('/')[3] ?? '' },
        orderBy: [{ createdAt: 'desc' }, { notBefore: 'desc' }],
      });
      return sealed === null ? null : box.open(sealed, secretPlace(tenantId, id));
    },
    [Symbol.asyncDispose]: async () => {
      await audit[Symbol.asyncDispose]();
      await prisma.$disconnect();
      await database.close();
      folder[Symbol.dispose]();
    },
  };
}

/** The session that an answer opens, as the browser sends it back. */
export function sessionOf(answer: Response): Readonly<Record<string, string>> {
  const [cookie = ''] = answer.headers.getSetCookie();
  return { cookie: cookie.split(';')[0] ?? '' };
}
