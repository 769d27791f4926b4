import { Command } from 'commander';
import type { Verification } from '../../audit/verify.ts';
import type { PublicKey } from '../../bundle/sign/key-file.ts';
import { CarryallError } from '../../errors.ts';
import type { Gateway } from '../../gateway.ts';
import { checkWith, signingWith } from '../../open-audit.ts';
import { operator } from '../operator.ts';
import { withGateway } from '../run.ts';

interface VerifyOptions {
  readonly tenant?: string;
  readonly file?: string;
  readonly jwks?: string;
}

const verify = new Command('verify')
  .option('--tenant <id>', 'whose log; without it, those of all tenants and of the installation')
  .option('--file <ndjson>', 'a log that `carryall audit export` wrote, offline')
  .option('--jwks <url|file>', "the operator's public keys; without it, those of this installation")
  .description('check that nothing in the audit log was changed; exit code 0 only if all held')
  .action(async (options: VerifyOptions) => {
    if (options.file !== undefined) return verifyOffline(options.file, options.jwks);
    await withGateway(async ({ database }, config) => {
      const { openAuditKeys } = await import('../../audit/keys.ts');
      const { verifyTenant } = await import('../../audit/verify.ts');
      const keys = await openAuditKeys(config.dataFolder);
      const check = checkWith(await publicKeys(options.jwks));
      const place = config.auditCheckpoints;
      const tenants = await chainsOf(database.pool, place, options.tenant);
      for (const tenantId of tenants) report(await verifyTenant({ pool: database.pool, place, check, keys }, tenantId));
    });
  });

async function verifyOffline(path: string, jwks: string | undefined): Promise<void> {
  const { verifyFile } = await import('../../audit/verify.ts');
  const keys = await publicKeys(jwks);
  report(await verifyFile(path, keys.length === 0 ? null : checkWith(keys)));
}

function report({ tenantId, entries, first, last, vouchedTo, fault }: Verification): void {
  if (fault !== null) {
    console.error(`${tenantId}: entry ${fault.seq} ${fault.reason}.`);
    process.exitCode = 1;
    return;
  }
  if (entries === 0) return console.log(`${tenantId}: no entries.`);
  const pruned = first > 1 ? ` Entries 1 to ${first - 1} were pruned, as a signed anchor says.` : '';
  console.log(`${tenantId}: ${entries} entries, ${first} to ${last}, are what was written.${pruned}`);
  if (vouchedTo < last)
    console.log(`  Signed checkpoints vouch for those up to ${vouchedTo}; see: carryall audit checkpoint.`);
}

const exporting = new Command('export')
  .requiredOption('--tenant <id>', 'whose log')
  .requiredOption('--out <file>', 'where to write it')
  .description('write the audit log of a tenant as NDJSON, with the signed checkpoints that it verifies by')
  .action(({ tenant, out }: { readonly tenant: string; readonly out: string }) =>
    withGateway(async ({ database }, config) => {
      const { exportChain } = await import('../../audit/export.ts');
      const { openAuditKeys } = await import('../../audit/keys.ts');
      const { record } = await import('../../audit/append.ts');
      await chainsOf(database.pool, config.auditCheckpoints, tenant);
      // Who takes the log away is in it (L-19).
      await record(database.pool, await openAuditKeys(config.dataFolder), [
        { actor: operator(tenant), action: 'EXPORT', outcome: 'ALLOWED', detail: { what: 'audit-log' } },
      ]);
      await exportChain(database.pool, config.auditCheckpoints, tenant, out);
      console.log(`${out}: the audit log of ${tenant}. Check it with: carryall audit verify --file ${out}`);
    }),
  );

const checkpoint = new Command('checkpoint')
  .option('--tenant <id>', 'whose log; without it, those of all tenants and of the installation')
  .description('sign where the audit log ends, after checking what was added since the last time')
  .action(({ tenant }: { readonly tenant?: string }) =>
    withGateway(async ({ database, signing }, config) => {
      const { makeCheckpoint } = await import('../../audit/make-checkpoint.ts');
      const place = config.auditCheckpoints;
      for (const tenantId of await chainsOf(database.pool, place, tenant)) {
        const made = await makeCheckpoint({ pool: database.pool, place, signing: signingWith(signing) }, tenantId);
        console.log(made === null ? `${tenantId}: no entries.` : `${tenantId}: signed up to entry ${made.seq}.`);
      }
    }),
  );

const prune = new Command('prune')
  .requiredOption('--tenant <id>', 'whose log')
  .requiredOption('--before <instant>', 'entries from before this go, e.g. 2025-01-01T00:00:00Z')
  .description('delete old entries; what remains verifies from a signed anchor')
  .action(({ tenant, before }: { readonly tenant: string; readonly before: string }) =>
    withGateway(async ({ database, signing }, config) => {
      const instant = new Date(before);
      if (Number.isNaN(instant.getTime()))
        throw new CarryallError('BAD_INPUT', '--before must be an instant such as 2025-01-01T00:00:00Z.');
      const { pruneBefore } = await import('../../audit/prune.ts');
      const { openAuditKeys } = await import('../../audit/keys.ts');
      const witnessed = { pool: database.pool, place: config.auditCheckpoints, signing: signingWith(signing) };
      const keys = await openAuditKeys(config.dataFolder);
      await chainsOf(database.pool, config.auditCheckpoints, tenant);
      const pruned = await pruneBefore({ ...witnessed, keys }, operator(tenant), instant);
      console.log(
        pruned === null ? 'Nothing is that old.' : `${pruned.entries} entries, up to ${pruned.upTo}, are gone.`,
      );
    }),
  );

/** The log of one tenant, or those of all. Throws NOT_FOUND for a tenant that nobody knows, whose empty log says nothing. */
async function chainsOf(
  pool: Gateway['database']['pool'],
  place: string,
  tenant: string | undefined,
): Promise<readonly string[]> {
  const all = await allChains(pool, place);
  if (tenant === undefined) return all;
  if (!all.includes(tenant)) {
    const { readTenant } = await import('../../holdings/tenants.ts');
    const { withSnapshot } = await import('../../store/session.ts');
    await withSnapshot(pool, tenant, (reader) => readTenant(reader, tenant));
  }
  return [tenant];
}

/** Every tenant, every one that has checkpoints though it is no longer listed, and the installation. */
async function allChains(pool: Gateway['database']['pool'], place: string): Promise<readonly string[]> {
  const { tenantsWithCheckpoints } = await import('../../audit/checkpoint-folder.ts');
  const { INSTALLATION } = await import('../../audit/words.ts');
  const { withOperator } = await import('../../store/session.ts');
  const { sql } = await import('../../store/sql.ts');
  const rows = await withOperator(pool, (reader) =>
    reader.query<{ id: string }>(sql`SELECT tenant_id AS id FROM tenant`),
  );
  return [...new Set([...rows.map(({ id }) => id), ...(await tenantsWithCheckpoints(place)), INSTALLATION])].toSorted();
}

async function publicKeys(jwks: string | undefined): Promise<readonly PublicKey[]> {
  if (jwks !== undefined) return (await import('../../bundle/sign/jwks.ts')).fetchJwks(jwks);
  const { readConfig } = await import('../../config.ts');
  const { readPublicKeys } = await import('../../bundle/sign/signing-keys.ts');
  return readPublicKeys(readConfig().signing);
}

export const auditCommand = new Command('audit')
  .description('the record of every look, decision, delivery and change')
  .addCommand(verify)
  .addCommand(exporting)
  .addCommand(checkpoint)
  .addCommand(prune);
