import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { AuditActor, AuditEntry } from '../../src/audit/entry.ts';
import { openAuditKeys, type AuditKeys } from '../../src/audit/keys.ts';
import type { CheckpointKeys } from '../../src/audit/checkpoint.ts';
import type { Witnessed } from '../../src/audit/make-checkpoint.ts';
import { verifyTenant, type Verification } from '../../src/audit/verify.ts';
import type { Database } from '../../src/store/database.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** A database with the tenants acme and other, two subjects each, and everything around its audit log. */
export interface TestLog extends AsyncDisposable, Witnessed {
  readonly database: Database;
  readonly folder: string;
  readonly keys: AuditKeys;
  verify(tenantId?: string): Promise<Verification>;
  /** Runs statements as one who can do everything, past the triggers. */
  tamper(...statements: readonly string[]): Promise<void>;
}

export async function openTestLog(): Promise<TestLog> {
  const database = await openTestDatabase();
  const folder = openTemporaryFolder();
  const keys = await openAuditKeys(folder.path);
  const place = join(folder.path, 'checkpoints');
  const signing = checkpointKeys();
  await database.pool.query(
    `INSERT INTO tenant (tenant_id, policy_code, name) VALUES ('acme', 'CR', 'Acme'), ('other', 'CR', 'Other')`,
  );
  await database.pool.query(`INSERT INTO subject (tenant_id, id)
    SELECT t, 'sub_' || n FROM unnest(ARRAY['acme', 'other']) t, generate_series(1, 2) n`);
  return {
    database,
    pool: database.pool,
    folder: folder.path,
    keys,
    place,
    signing,
    verify: (tenantId = 'acme') => verifyTenant({ pool: database.pool, place, check: signing.check, keys }, tenantId),
    async tamper(...statements) {
      const client = await database.pool.connect();
      try {
        await client.query(['SET session_replication_role = replica', ...statements].join(';'));
      } finally {
        client.release(true);
      }
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Keys of one pair: signatures are plain Ed25519, in hex. */
export function checkpointKeys(
  pair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519'),
): CheckpointKeys {
  return {
    sign: async (payload) => sign(null, payload, pair.privateKey).toString('hex'),
    check: async (signature, payload) =>
      verify(null, payload, pair.publicKey, Buffer.from(signature, 'hex')) ? null : 'is not by this key',
  };
}

export const agent: AuditActor = { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'staff_7' };

/** A look of the agent at a subject. */
export function look(subjectId: string | null = 'sub_1', change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    actor: agent,
    action: 'LOOK',
    outcome: 'ALLOWED',
    subjectId,
    purpose: 'support',
    reason: 'The caller cannot log in',
    ticket: 'T-1',
    policy: { code: 'CR', version: '2024-11-14' },
    detail: { items: ['account.email', 'call.calledNumber'] },
    ...change,
  };
}

/** So many looks. */
export function looks(count: number): readonly AuditEntry[] {
  return Array.from({ length: count }, (_, index) => look(`sub_${1 + (index % 2)}`));
}
