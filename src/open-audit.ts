import { openAuditor, type Auditor } from './audit/auditor.ts';
import type { CheckpointCheck, CheckpointKeys } from './audit/checkpoint.ts';
import { openAuditKeys } from './audit/keys.ts';
import { makeCheckpoint } from './audit/make-checkpoint.ts';
import type { PublicKey } from './bundle/sign/key-file.ts';
import type { Config } from './config.ts';
import type { Gateway } from './gateway.ts';

/** A signed checkpoint is made after so many entries of a tenant. */
const ENTRIES_A_CHECKPOINT = 1000;

/** Opens the audit log of a gateway, with checkpoints in a place of their own. Dispose it before the gateway. */
export async function openAudit(
  config: Config,
  { database, signing, clock }: Pick<Gateway, 'database' | 'signing' | 'clock'>,
  onFault: (error: unknown) => void,
): Promise<Auditor> {
  const place = { pool: database.pool, place: config.auditCheckpoints, signing: signingWith(signing) };
  return openAuditor({
    pool: database.pool,
    keys: await openAuditKeys(config.dataFolder),
    clock,
    onFault,
    checkpoints: { every: ENTRIES_A_CHECKPOINT, make: (tenantId) => makeCheckpoint(place, tenantId) },
  });
}

/** The gateway's signing keys, as checkpoints are signed and checked with them. */
export function signingWith(signing: Gateway['signing']): CheckpointKeys {
  return {
    sign: async (payload) => (await signing.active()).sign(payload),
    check: async (signature, payload) => checkWith(await signing.published())(signature, payload),
  };
}

/** Checks signatures of checkpoints against public keys. */
export function checkWith(keys: readonly PublicKey[]): CheckpointCheck {
  return async (signature, payload) => {
    const { checkSignature } = await import('./bundle/sign/jws.ts');
    const checked = await checkSignature(signature, payload, keys);
    return 'kid' in checked ? null : checked.reason;
  };
}
