import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Trust } from '../../bundle/receive/open-verified.ts';
import type { Config } from '../../config.ts';
import { CarryallError } from '../../errors.ts';
import { printReceived } from '../print-received.ts';
import { progressLine } from '../progress-line.ts';
import { withGateway } from '../run.ts';
import { identityOption, passphraseFileOption, unsealKeyOf, type UnsealOptions } from '../sealing-options.ts';
import { listenForStop } from '../stop-signal.ts';

interface BundleOptions extends UnsealOptions {
  readonly tenant: string;
  readonly jwks?: string;
  readonly signature: boolean;
}

export const importBundleCommand = new Command('bundle')
  .argument('<file>', 'a bundle of the scope PORTABILITY, as archive or document; of one in volumes, the last')
  .requiredOption('--tenant <id>', 'into whose platform')
  .option('--jwks <url|file>', "the sender's public keys; without it, those of this installation")
  .addOption(new Option('--no-signature', 'take it from anybody: check all but who made it').conflicts('jwks'))
  .addOption(identityOption)
  .addOption(passphraseFileOption)
  .description('take in what a person brings along from another operator (Art. 20), verified first, all or nothing')
  .action((file: string, { tenant, jwks, signature, ...options }: BundleOptions) =>
    withGateway(async ({ database, policies, blobs, clock }, config) => {
      const { receiveBundle } = await import('../../bundle/receive/receive-bundle.ts');
      const trust: Trust = signature ? { kind: 'KEYS', keys: await keysFrom(jwks, config) } : { kind: 'ANYBODY' };
      const progress = progressLine('rows');
      const report = await receiveBundle({
        pool: database.pool,
        policies,
        blobs,
        clock,
        file,
        tenant,
        trust,
        unsealKey: await unsealKeyOf(options),
        volumePath: (name) => join(dirname(resolve(file)), name),
        signal: listenForStop(),
        onProgress: (rows) => progress.show(rows),
      }).finally(() => progress.clear());
      printReceived(report);
    }),
  );

type Keys = Extract<Trust, { readonly kind: 'KEYS' }>['keys'];

async function keysFrom(jwks: string | undefined, config: Config): Promise<Keys> {
  if (jwks !== undefined) return (await import('../../bundle/sign/jwks.ts')).fetchJwks(jwks);
  const { readPublicKeys } = await import('../../bundle/sign/signing-keys.ts');
  const keys = await readPublicKeys(config.signing);
  if (keys.length > 0) return keys;
  throw new CarryallError(
    'BAD_INPUT',
    "There are no keys here to check the signature with. Give the sender's: --jwks URL|FILE, or say --no-signature.",
  );
}
