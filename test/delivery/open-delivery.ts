import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Actor } from '../../src/access/actor.ts';
import { openAuditor } from '../../src/audit/auditor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { openStorage } from '../../src/bundle/storage/open.ts';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';
import { fixedClock } from '../../src/clock.ts';
import { openDelivery, type Delivery } from '../../src/delivery/delivery.ts';
import type { DeliveryDesk } from '../../src/delivery/desk.ts';
import { DELIVERY_LIMITS, type DeliveryLimits } from '../../src/delivery/limits.ts';
import { openLinkKeys } from '../../src/delivery/link-keys.ts';
import { createLink, linkUrl } from '../../src/delivery/links.ts';
import type { GatewayOptions } from '../../src/http/gateway.ts';
import { RATE_LIMITS } from '../../src/http/rate-limit.ts';
import { signToken } from '../../src/http/token.ts';
import { newId } from '../../src/ids.ts';
import { createOutbox } from '../../src/notices/outbox.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';
import { withTransaction } from '../../src/store/session.ts';
import { NOW, openGateway, type TenantId, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, subject } from '../graphql/people.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** A bundle that somebody may fetch. */
export interface ReadyBundle {
  readonly tenant: TenantId;
  readonly subjectId: string;
  readonly requestId: string;
  readonly bundleId: string;
  readonly key: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export interface TestDelivery extends AsyncDisposable {
  readonly at: TestGateway;
  readonly desk: DeliveryDesk;
  readonly delivery: Delivery;
  readonly dataFolder: string;
  /** Where stored bundles lie, on a disk. */
  readonly bundles: string;
  /** Requests that are to be built. */
  readonly queued: string[];
  /** What no client was told of. */
  readonly faults: unknown[];
  publish(subjectId: string, more?: Partial<Pick<ReadyBundle, 'tenant' | 'bytes'>>): Promise<ReadyBundle>;
  /** The path of a fresh link. */
  link(bundle: ReadyBundle): Promise<string>;
  /** Headers of somebody who proved who they are so many seconds ago; another number is another session. */
  as(actor: Actor, secondsAgo?: number): Promise<Record<string, string>>;
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Response>;
}

export interface DeliveryTestOptions {
  readonly limits?: Partial<DeliveryLimits>;
  readonly gateway?: Partial<GatewayOptions>;
  /** In place of a folder. */
  readonly storage?: BundleStorage;
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A gateway that hands out bundles, with ann and ben at `cp` and ann at `other`. */
export async function openTestDelivery(options: DeliveryTestOptions = {}): Promise<TestDelivery> {
  const database = await openTestDatabase();
  const { pool } = database;
  const folder = openTemporaryFolder();
  const bundles = join(folder.path, 'bundles');
  const storage = options.storage ?? (await openStorage({ kind: 'DISK', folder: bundles }));
  const queued: string[] = [];
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const clock = fixedClock(NOW);
  const audit = openAuditor({ pool, keys: await openAuditKeys(folder.path), clock, onFault });
  const desk: DeliveryDesk = {
    pool,
    clock,
    audit,
    storage,
    linkKeys: openLinkKeys(folder.path),
    onFault,
    limits: { ...DELIVERY_LIMITS, ...options.limits },
    outbox: createOutbox(clock, openSecretBox(randomBytes(32), 'notice')),
    queue: { enqueue: async (_writer, { requestId }) => void queued.push(requestId) },
  };
  const delivery = openDelivery(desk);
  const rateLimits = { ...RATE_LIMITS, addressPoints: 100_000, points: { ...RATE_LIMITS.points, SUBJECT: 100_000 } };
  const at = await openGateway({ delivery, audit, onFault, rateLimits, ...options.gateway }, database);
  for (const [tenant, id] of [
    ['cp', 'ann'],
    ['cp', 'ben'],
    ['other', 'ann'],
  ] as const)
    await addPerson(at.prisma, tenant, id);
  const as = async (actor: Actor, secondsAgo = 0): Promise<Record<string, string>> => {
    const token = await signToken(at.key, actor, secondsAgo + 60, new Date(NOW.getTime() - secondsAgo * 1000));
    return { authorization: `Bearer ${token}` };
  };
  return {
    at,
    desk,
    delivery,
    dataFolder: folder.path,
    bundles,
    queued,
    faults,
    as,
    async publish(subjectId, { tenant = 'cp', bytes = randomBytes(1000) } = {}) {
      const [requestId, bundleId] = [newId('request'), newId('bundle')];
      const key = `${tenant}/${bundleId}/${newId('attempt')}.zip`;
      await storage.write(key, async (destination) => void destination.end(bytes));
      await at.prisma.dataSubjectRequest.create({
        data: {
          tenantId: tenant,
          id: requestId,
          subjectId,
          right: 'ACCESS',
          relation: 'ACCOUNT_HOLDER',
          status: 'READY',
          channel: 'PORTAL',
          receivedAt: NOW,
          dueAt: NOW,
          language: 'en',
        },
      });
      const sha256 = sha256Of(bytes);
      await pool.query(
        `INSERT INTO portability_bundle (tenant_id, id, subject_id, request_id, scope, format, status, sha256, bytes, storage_key,
           created_at, expires_at)
         VALUES ($1, $2, $3, $4, 'ACCESS', 'ZIP', 'READY', $5, $6, $7, now(), now() + interval '7 days')`,
        [tenant, bundleId, subjectId, requestId, sha256, bytes.length, key],
      );
      return { tenant, subjectId, requestId, bundleId, key, bytes, sha256 };
    },
    async link({ tenant, subjectId, requestId }) {
      const link = await withTransaction(pool, tenant, (writer) =>
        createLink(desk, writer, subject(tenant, subjectId), requestId),
      );
      return linkUrl(desk, link);
    },
    get: (path, headers = {}, method = 'GET') =>
      at.gateway.fetch(new Request(new URL(path, 'http://localhost'), { method, headers })),
    async [Symbol.asyncDispose]() {
      await delivery[Symbol.asyncDispose]();
      await at[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Puts other bytes where a stored bundle lies. */
export function replaceStored(of: Pick<TestDelivery, 'bundles'>, { key }: ReadyBundle, bytes: Uint8Array): void {
  const path = join(of.bundles, key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
