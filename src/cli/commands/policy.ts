import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { ITEMS } from '../../catalogue/items.ts';
import { readConfig } from '../../config.ts';
import { CarryallError } from '../../errors.ts';
import { loadPolicies } from '../../policy/book.ts';
import { parsePolicy } from '../../policy/parse.ts';

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

export const policyCommand = new Command('policy')
  .description('privacy policies as data')
  .addCommand(check)
  .addCommand(list);

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', `${file} could not be read: give the path of a policy file.`, { cause });
  }
}
