import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { newId } from '../../src/ids.ts';
import { readRequest } from '../../src/requests/read.ts';
import type { RequestStatus } from '../../src/requests/states.ts';
import { advance, insertRequest } from '../../src/requests/write.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { withTransaction } from '../../src/store/session.ts';
import type { Database } from '../../src/store/database.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openBuildProcess, type BuildProcess, type BuildProcessOptions } from './build-desk.ts';

/** A database with people who ask, and the folder that workers share. */
export interface Office extends AsyncDisposable {
  readonly database: Database;
  readonly prisma: PrismaClient;
  readonly folder: string;
  readonly process: BuildProcess;
  /** A person with an account, and a word that stands in their data only. */
  addPerson(tenantId: string, id: string, canary?: string, calls?: number): Promise<void>;
  /** Files a request of a person that is approved at once. Its id. */
  ask(tenantId: string, subjectId: string, options?: AskOptions): Promise<string>;
  open(options?: Partial<BuildProcessOptions>): Promise<BuildProcess>;
  status(tenantId: string, requestId: string): Promise<RequestStatus>;
  /** Waits until requests are in one of these statuses. */
  until(tenantId: string, requestIds: readonly string[], ...statuses: RequestStatus[]): Promise<void>;
  attempts(requestId: string): Promise<readonly Attempt[]>;
  bundles(requestId?: string): Promise<readonly Bundle[]>;
  /** The keys of all that lies in the storage, finished or not. */
  stored(): Promise<readonly string[]>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface AskOptions {
  readonly right?: 'ACCESS' | 'PORTABILITY';
  readonly format?: 'ZIP' | 'JSON';
  readonly sealing?: Uint8Array;
  readonly heldUntil?: Date;
}

export interface Attempt {
  readonly attempt: number;
  readonly outcome: string | null;
  readonly rows: number;
  readonly worker: string;
}

export interface Bundle {
  readonly id: string;
  readonly request_id: string;
  readonly subject_id: string;
  readonly storage_key: string;
  readonly sha256: string;
  readonly sealed: boolean;
}

export interface OfficeOptions {
  readonly tenants?: Readonly<Record<string, string>>;
  /** Otherwise one of its own. */
  readonly database?: Database;
}

/** Queues wait seconds instead of minutes: how long does not matter to what is tested. */
const QUICK = `UPDATE pgboss.queue SET heartbeat_seconds = 3, retry_delay = 1, retry_delay_max = 1`;
const PATIENCE_MS = 200_000;

export async function openOffice({ tenants = { cr: 'CR' }, database: given }: OfficeOptions = {}): Promise<Office> {
  await using parts = new AsyncDisposableStack();
  const database = given ?? parts.use(await openTestDatabase());
  const folder = parts.use(openTemporaryFolder()).path;
  for (const name of ['work', 'bundles', 'blobs', 'audit']) await mkdir(join(folder, name));
  await database.pool.query(QUICK);
  const prisma = createPrisma(database.pool);
  parts.defer(() => prisma.$disconnect());
  for (const [tenantId, policyCode] of Object.entries(tenants))
    await prisma.tenant.create({ data: { tenantId, policyCode, name: `Operator ${policyCode}`, country: 'FR' } });
  const open: Office['open'] = (options) => openBuildProcess({ url: database.url, folder, ...options });
  const own = parts.use(await open({ pool: database.pool }));
  const rows = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await database.pool.query(text, [...values])).rows as Row[];
  const status: Office['status'] = async (tenantId, requestId) =>
    (await withTransaction(database.pool, tenantId, (reader) => readRequest(reader, tenantId, requestId))).status;
  const later = parts.move();
  return {
    database,
    prisma,
    folder,
    process: own,
    open,
    rows,
    status,
    async addPerson(tenantId, id, canary = id, calls = 20) {
      await prisma.subject.create({ data: { tenantId, id, createdAt: new Date('2024-01-01T00:00:00Z') } });
      const owned = { tenantId, subjectId: id, sourceSystem: 'test' };
      await prisma.account.create({
        data: { ...owned, id: `acc_${id}`, createdAt: new Date('2024-01-01T00:00:00Z'), firstName: canary },
      });
      await prisma.callRecord.createMany({
        data: Array.from({ length: calls }, (_, index) => ({
          ...owned,
          id: `call_${id}_${index}`,
          calledNumber: '+33612345678',
          startedAt: new Date(Date.UTC(2026, 0, 1 + (index % 300))),
          realtimeSessionId: canary,
        })),
      });
    },
    async ask(tenantId, subjectId, { right = 'ACCESS', format = 'ZIP', sealing, heldUntil } = {}) {
      const { desk } = own;
      const id = newId('req');
      const now = desk.clock.now();
      const by = { kind: 'GATEWAY', tenant: tenantId } as const;
      await withTransaction(database.pool, tenantId, async (writer) => {
        const { entry } = await insertRequest(
          desk,
          writer,
          'FILE',
          {
            id,
            tenantId,
            subjectId,
            right,
            relation: 'ACCOUNT_HOLDER',
            channel: 'PORTAL',
            dueAt: new Date(now.getTime() + 30 * 86_400_000),
            details: null,
            format,
            language: 'en',
            receivedAt: now,
            heldUntil: heldUntil ?? null,
            sealing: sealing ?? null,
          },
          by,
        );
        await desk.audit.append(writer, entry);
        await advance(desk, writer, { tenantId, requestId: id, step: 'ROUTE_BUILD', by });
      });
      return id;
    },
    async until(tenantId, requestIds, ...statuses) {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = await rows<{ id: string; status: string; failure_code: string | null }>(
          `SELECT id, status, failure_code FROM data_subject_request WHERE tenant_id = $1 AND id = ANY($2)`,
          [tenantId, requestIds],
        );
        if (found.filter((each) => statuses.includes(each.status as RequestStatus)).length === requestIds.length)
          return;
        if (performance.now() > end)
          expect(found.map((each) => each.status)).toEqual(requestIds.map(() => statuses[0]));
        await pause(50);
      }
    },
    attempts: (requestId) =>
      rows(`SELECT attempt, outcome, rows::int, worker FROM build_attempt WHERE request_id = $1 ORDER BY attempt`, [
        requestId,
      ]),
    bundles: (requestId) =>
      rows(
        `SELECT id, request_id, subject_id, storage_key, sha256, sealed FROM portability_bundle
         WHERE $1::text IS NULL OR request_id = $1 ORDER BY id`,
        [requestId ?? null],
      ),
    async stored() {
      const found = await readdir(join(folder, 'bundles'), { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, 'bundles').length + 1))
        .toSorted();
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}
