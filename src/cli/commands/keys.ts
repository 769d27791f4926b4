import { Command } from 'commander';
import type { Keys } from '../../bundle/sign/signing-keys.ts';
import { operator } from '../operator.ts';

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
    const { INSTALLATION } = await import('../../audit/words.ts');
    const { openAudit } = await import('../../open-audit.ts');
    const { withGateway, printFault } = await import('../run.ts');
    await withGateway(async (gateway, config) => {
      await using audit = await openAudit(config, gateway, printFault);
      const note = (step: string, kid: string) =>
        audit.record({
          actor: operator(INSTALLATION),
          action: 'KEY',
          outcome: 'ALLOWED',
          detail: { step, kid: `kid:${kid}` },
        });
      // Before and after: a rotation that cannot be recorded is not begun.
      await note('ROTATING', (await gateway.signing.active()).kid);
      const keys = await rotateKeys(config.signing);
      await note('ROTATED', keys.active.kid);
      print(keys);
    });
  });

const rotateLinksCommand = new Command('rotate-links')
  .description('make a new key for download links; links that the old one signed hold until they end')
  .action(async () => {
    const { INSTALLATION } = await import('../../audit/words.ts');
    const { openLinkKeys } = await import('../../delivery/link-keys.ts');
    const { openAudit } = await import('../../open-audit.ts');
    const { withGateway, printFault } = await import('../run.ts');
    await withGateway(async (gateway, config) => {
      await using audit = await openAudit(config, gateway, printFault);
      const { kid } = await openLinkKeys(config.dataFolder).rotate(gateway.clock.now());
      const detail = { step: 'LINKS_ROTATED', kid };
      await audit.record({ actor: operator(INSTALLATION), action: 'KEY', outcome: 'ALLOWED', detail });
      console.log(`Links are signed with key ${kid} from now on.`);
    });
  });

function print({ active, others }: Keys): void {
  console.log(`${active.kid}\tactive\t${active.file}`);
  for (const { kid, file } of others) console.log(`${kid}\tpublished\t${file}`);
}

export const keysCommand = new Command('keys')
  .description('the keys that sign bundles, and those that sign links')
  .addCommand(listCommand)
  .addCommand(rotateCommand)
  .addCommand(rotateLinksCommand);
