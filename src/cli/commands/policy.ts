import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { ITEMS } from '../../catalogue/items.ts';
import { readConfig } from '../../config.ts';
import { CarryallError } from '../../errors.ts';
import { loadPolicies } from '../../policy/book.ts';
import { parsePolicy } from '../../policy/parse.ts';
import { withGateway } from '../run.ts';

const knownItems: ReadonlySet<string> = new Set(ITEMS);

const check = new Command('check')
  .argument('<file>')
  .description('check a policy file and tell all its faults at once')
  .action((file: string) => {
    const policy = parsePolicy(readText(file), file, { knownItems });
    console.log(
      `${file}: ${policy.name} (${policy.code}), version ${policy.version}, ${policy.items.length} items. No faults.`,
    );
  });

const list = new Command('list').description('list the policies that are known here').action(() => {
  for (const { code, name, version, items } of loadPolicies(readConfig().policyFolders, { knownItems }).policies) {
    console.log(`${code}\t${name}\tversion ${version}\t${items.length} items`);
  }
});

const record = new Command('record')
  .requiredOption('--tenant <id>', 'whose platform')
  .description(
    'print the record of processing activities (Art. 30) as JSON; exit code 1 if people looked for purposes it lacks',
  )
  .action(({ tenant }: { readonly tenant: string }) =>
    withGateway(async ({ database, policies }) => {
      const { REQUEST_PURPOSE } = await import('../../access/declaration.ts');
      const { observedPurposes } = await import('../../audit/observed-purposes.ts');
      const { readTenant } = await import('../../holdings/tenants.ts');
      const { driftOf, recordOfProcessing } = await import('../../policy/record-of-processing.ts');
      const { withSnapshot } = await import('../../store/session.ts');
      const { policyCode, purposes } = await withSnapshot(database.pool, tenant, async (reader) => ({
        ...(await readTenant(reader, tenant)),
        purposes: await observedPurposes(reader, tenant),
      }));
      const policy = policies.policyOf(policyCode);
      const drift = driftOf(policy, { purposes }, new Set([REQUEST_PURPOSE]));
      const observed = [...purposes].map(([purpose, looks]) => ({ purpose, looks }));
      console.log(JSON.stringify({ tenant, ...recordOfProcessing(policy), observed, drift }, null, 2));
      for (const { purpose, looks } of drift)
        console.error(`${looks} looks were for ${purpose}, which is no purpose of ${policy.code} ${policy.version}.`);
      if (drift.length > 0) process.exitCode = 1;
    }),
  );

export const policyCommand = new Command('policy')
  .description('privacy policies as data')
  .addCommand(check)
  .addCommand(list)
  .addCommand(record);

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', `${file} could not be read: give the path of a policy file.`, { cause });
  }
}
