import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { readSecretFile } from './secret-file.ts';

/** Whose identifier it is: a person's can be forgotten, and is the same whether that person acts or is looked at. */
export type PseudonymKind = 'SUBJECT' | 'ACTOR';

/** The tenants' keys. Who has the log and not these cannot tell whom it names, nor try out names. */
export interface AuditKeys {
  /** The identifier under the tenant's key: under which its salt is kept. */
  handle(tenant: string, kind: PseudonymKind, identifier: string): string;
  /** What stands for the identifier in the chain; it cannot be made again without the salt. */
  reference(tenant: string, salt: string, identifier: string): string;
  /** What stands for the reason of the entry `id` in the chain. */
  reasonReference(tenant: string, salt: string, id: string, reason: string): string;
}

/** Opens the keys of a data folder; their root is made on first use. Throws KEYS_INVALID. */
export async function openAuditKeys(dataFolder: string): Promise<AuditKeys> {
  const root = await readSecretFile(dataFolder, 'audit.key');
  const keys = new Map<string, KeyObject>();
  const keyOf = (tenant: string): KeyObject => {
    const known = keys.get(tenant);
    if (known !== undefined) return known;
    // As a KeyObject: with bytes, each HMAC would take six times as long.
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', root, '', `carryall.audit.v1/${tenant}`, 32)));
    keys.set(tenant, key);
    return key;
  };
  // As JSON no two lists of texts run together.
  const hmac = (tenant: string, ...parts: readonly string[]): string =>
    createHmac('sha256', keyOf(tenant)).update(JSON.stringify(parts)).digest('hex');
  return {
    handle: (tenant, kind, identifier) => hmac(tenant, 'handle', kind, identifier),
    reference: (tenant, salt, identifier) => hmac(tenant, 'reference', salt, identifier),
    reasonReference: (tenant, salt, id, reason) => hmac(tenant, 'reason', salt, id, reason),
  };
}
