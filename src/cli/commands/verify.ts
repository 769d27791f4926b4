import { Command, Option } from 'commander';
import type { PublicKey } from '../../bundle/sign/key-file.ts';
import type { Verification } from '../../bundle/verify.ts';
import { identityOption, passphraseFileOption, unsealKeyOf, type UnsealOptions } from '../sealing-options.ts';

interface VerifyOptions extends UnsealOptions {
  readonly jwks?: string;
  readonly signature: boolean;
}

export const verifyCommand = new Command('verify')
  .argument('<file>', 'an archive or a document; of an archive in volumes, the last')
  .description('check a bundle against its signature, manifest and schemas, offline; exit code 0 only if all held')
  .option('--jwks <url|file>', "the operator's public keys; without it, those of this installation")
  .addOption(new Option('--no-signature', 'check everything but who made it').conflicts('jwks'))
  .addOption(identityOption)
  .addOption(passphraseFileOption)
  .action(async (file: string, options: VerifyOptions) => {
    const { verifyBundle } = await import('../../bundle/verify.ts');
    const keys = options.signature ? await keysFrom(options.jwks) : [];
    const unsealKey = await unsealKeyOf(options);
    const checked = await verifyBundle(file, { unsealKey, ...(keys.length === 0 ? {} : { keys }) });
    report(file, checked, options.signature);
  });

async function keysFrom(jwks: string | undefined): Promise<readonly PublicKey[]> {
  if (jwks !== undefined) return (await import('../../bundle/sign/jwks.ts')).fetchJwks(jwks);
  const { readConfig } = await import('../../config.ts');
  const { readPublicKeys } = await import('../../bundle/sign/signing-keys.ts');
  return readPublicKeys(readConfig().signing);
}

function report(file: string, { files, rows, faults, signature }: Verification, wanted: boolean): void {
  for (const { path, reason } of faults) console.error(`${path}: ${reason}`);
  if (faults.length > 0) {
    console.error(`${file} is not what its manifest says.`);
    process.exitCode = 1;
    return;
  }
  const signed = signature.state === 'HELD' ? `, signed by the key ${signature.kid}` : '';
  console.log(`${file}: ${files} files and ${rows} rows are what the manifest says${signed}.`);
  if (signature.state === 'HELD') return;
  console.error('The signature was not checked: nothing shows who made this bundle.');
  if (!wanted) return;
  console.error("There are no keys here. Give the operator's: --jwks URL|FILE, or say --no-signature.");
  process.exitCode = 1;
}
