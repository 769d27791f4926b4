import { Command } from 'commander';
import type { Keys } from '../../bundle/sign/signing-keys.ts';

const listCommand = new Command('list')
  .description('list the keys, the active one first; makes the first one')
  .option('--jwks', 'print the set of public keys that /.well-known/jwks.json serves')
  .action(async ({ jwks }: { readonly jwks?: boolean }) => {
    const { listKeys } = await import('../../bundle/sign/signing-keys.ts');
    const { jwksOf } = await import('../../bundle/sign/jwks.ts');
    const { readConfig } = await import('../../config.ts');
    const keys = await listKeys(readConfig().signing);
    if (jwks === true) console.log(JSON.stringify(jwksOf([keys.active, ...keys.others]), null, 2));
    else print(keys);
  });

const rotateCommand = new Command('rotate')
  .description('make a new key and sign with it from now on; the old ones stay published, and can sign no more')
  .action(async () => {
    const { rotateKeys } = await import('../../bundle/sign/signing-keys.ts');
    const { readConfig } = await import('../../config.ts');
    print(await rotateKeys(readConfig().signing));
  });

function print({ active, others }: Keys): void {
  console.log(`${active.kid}\tactive\t${active.file}`);
  for (const { kid, file } of others) console.log(`${kid}\tpublished\t${file}`);
}

export const keysCommand = new Command('keys')
  .description('the keys that sign bundles')
  .addCommand(listCommand)
  .addCommand(rotateCommand);
