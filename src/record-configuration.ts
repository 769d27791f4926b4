import { hash } from 'node:crypto';
import { canonicalBytesAsRead } from './bundle/sign/canonical.ts';
import { recordConfiguration } from './audit/configuration.ts';
import type { AuditActor } from './audit/entry.ts';
import { openAuditKeys } from './audit/keys.ts';
import type { Config } from './config.ts';
import type { Gateway } from './gateway.ts';

/**
 * Records in the audit log under which configuration the gateway works, if it is another than the last time: a digest of all
 * settings and policies, the policies' versions and the signing key by name. Throws DATABASE_FAILED.
 */
export async function noteConfiguration(
  config: Config,
  { database, policies, signing }: Pick<Gateway, 'database' | 'policies' | 'signing'>,
  actor: AuditActor,
): Promise<boolean> {
  const { kid } = await signing.active();
  const book = policies.policies;
  // Addresses of other servers may hold a password, and a digest of a short one can be guessed.
  const { databaseUrl, notices, tracesEndpoint, clock: _clock, persisted, ...settings } = config;
  const given = (address: unknown): string => (address === undefined ? 'NONE' : 'GIVEN');
  const told = {
    ...settings,
    notices: { ...notices, mail: given(notices.mail), smsUrl: given(notices.smsUrl) },
    traces: given(tracesEndpoint),
    database: databaseUrl === undefined ? 'EMBEDDED' : 'GIVEN',
    persisted: { manifest: persisted.manifest ?? null, only: [...persisted.only].toSorted() },
  };
  const digest = hash('sha256', canonicalBytesAsRead({ told, book, kid }));
  const versions = book.map(({ code, version }) => `${code}:${version}`).toSorted();
  return recordConfiguration(database.pool, await openAuditKeys(config.dataFolder), actor, {
    digest,
    policies: versions,
    signingKey: `kid:${kid}`,
  });
}
