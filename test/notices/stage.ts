import type pg from 'pg';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { createOutbox, type NewNotice, type Outbox } from '../../src/notices/outbox.ts';
import { openOutgoingDoor, type OutgoingDoor } from '../../src/notices/outgoing.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { openSecretBox, type SecretBox } from '../../src/store/secret-box.ts';
import { withTransaction } from '../../src/store/session.ts';
import { openTestDatabase } from '../support/database.ts';

export const TENANT = 'cr';
export const ORIGIN = 'https://data.example.org';
/** Whatever must be in no notice. */
export const CANARY = 'Zwaluwstaart';

/** Of all processes that send its notices. */
export const SECRET = Buffer.alloc(32, 7);

/** A clock that a test moves. */
export interface MovingClock {
  now(): Date;
  pass(ms: number): void;
}

export interface Stage extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly prisma: PrismaClient;
  readonly clock: MovingClock;
  readonly box: SecretBox;
  readonly outbox: Outbox;
  readonly door: OutgoingDoor;
  readonly publicOrigin: string;
  /** Leaves a notice in the outbox. */
  put(notice: Omit<NewNotice, 'tenantId'>): Promise<void>;
  /** What became of the notices, the oldest first. */
  notices(): Promise<readonly NoticeRow[]>;
}

export interface NoticeRow {
  readonly id: string;
  readonly channel: string;
  readonly kind: string;
  readonly identifierId: string | null;
  readonly endpointId: string | null;
  readonly attempts: number;
  readonly secret: Uint8Array | null;
  readonly sentAt: Date | null;
  readonly droppedAt: Date | null;
  readonly failureCode: string | null;
}

export function movingClock(start = '2026-11-22T10:00:00Z'): MovingClock {
  let now = Date.parse(start);
  return { now: () => new Date(now), pass: (ms) => void (now += ms) };
}

/** An operator with one person, of whom two addresses and a number are held, and a request of theirs. */
export async function openStage(): Promise<Stage> {
  const database = await openTestDatabase();
  const { pool } = database;
  const prisma = createPrisma(pool);
  const clock = movingClock();
  const box = openSecretBox(SECRET, 'notice');
  const outbox = createOutbox(clock, box);
  const door = openOutgoingDoor({ reach: 'WORLD_AND_LOOPBACK' });
  await prisma.tenant.create({
    data: { tenantId: TENANT, policyCode: 'CR', name: 'Callr & <Sons>', country: 'FR', createdAt: clock.now() },
  });
  await prisma.subject.create({ data: { tenantId: TENANT, id: 'ann', createdAt: clock.now() } });
  const identifiers = { old: `${CANARY}.old@example.org`, new: `${CANARY}@example.org`, phone: '+31612345678' };
  for (const [id, value] of Object.entries(identifiers))
    await prisma.subjectIdentifier.create({
      data: {
        tenantId: TENANT,
        id,
        subjectId: 'ann',
        sourceSystem: 'test',
        kind: id === 'phone' ? 'PHONE' : 'EMAIL',
        value,
      },
    });
  await prisma.account.create({
    data: {
      tenantId: TENANT,
      id: 'acc',
      subjectId: 'ann',
      sourceSystem: 'test',
      fullName: `Ann ${CANARY}`,
      createdAt: clock.now(),
    },
  });
  await prisma.dataSubjectRequest.create({
    data: {
      tenantId: TENANT,
      id: 'req_1',
      subjectId: 'ann',
      right: 'ACCESS',
      relation: 'ACCOUNT_HOLDER',
      status: 'RECEIVED',
      channel: 'PORTAL',
      receivedAt: clock.now(),
      dueAt: new Date('2026-12-22T00:00:00Z'),
      heldUntil: new Date('2026-11-25T10:00:00Z'),
      details: CANARY,
    },
  });
  return {
    pool,
    databaseUrl: database.url,
    prisma,
    clock,
    box,
    outbox,
    door,
    publicOrigin: ORIGIN,
    put: (notice) => withTransaction(pool, TENANT, (writer) => outbox.put(writer, { tenantId: TENANT, ...notice })),
    notices: () => prisma.notice.findMany({ orderBy: [{ createdAt: 'asc' }, { dedupeKey: 'asc' }] }),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await prisma.$disconnect();
      await database.close();
    },
  };
}
