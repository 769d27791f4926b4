import { Option } from 'commander';
import type { Sealing } from '../bundle/seal/recipients.ts';
import type { Seal } from '../bundle/seal/seal-to.ts';
import type { UnsealKey } from '../bundle/seal/seal-mark.ts';
import { readPassphrase, readSecretFile } from './secret-file.ts';

/** As they come from the command line. */
export interface SealOptions {
  readonly recipient?: readonly string[];
  readonly passphraseFile?: string;
}

export interface UnsealOptions {
  readonly identity?: string;
  readonly passphraseFile?: string;
}

export const recipientOption = new Option(
  '--recipient <age1…>',
  'seal the bundle with age for this recipient; may stand more than once',
).argParser((recipient: string, before: readonly string[] | undefined) => [...(before ?? []), recipient]);

export const identityOption = new Option('--identity <file>', 'the age identity that opens a sealed bundle');

export const passphraseFileOption = new Option(
  '--passphrase-file <file>',
  'a file whose first line is the passphrase of a sealed bundle, for your eyes only (chmod 600)',
).conflicts(['recipient', 'identity']);

/** Whom a bundle is to be sealed for; undefined leaves it open. Throws BAD_INPUT with all faults. */
export async function sealingOf({ recipient, passphraseFile }: SealOptions): Promise<Sealing | undefined> {
  if (recipient === undefined && passphraseFile === undefined) return undefined;
  const { checkSealing } = await import('../bundle/seal/recipients.ts');
  return passphraseFile === undefined
    ? checkSealing({ kind: 'RECIPIENTS', recipients: recipient ?? [] }, '--recipient')
    : checkSealing({ kind: 'PASSPHRASE', passphrase: await readPassphrase(passphraseFile) }, passphraseFile);
}

/** The same as what encrypts the bundle on its way. Throws BAD_INPUT with all faults. */
export async function sealOf(options: SealOptions): Promise<Seal | undefined> {
  const sealing = await sealingOf(options);
  return sealing === undefined ? undefined : (await import('../bundle/seal/seal-to.ts')).sealTo(sealing);
}

/** What opens a sealed bundle; undefined where nothing was given. Throws BAD_INPUT with all faults. */
export async function unsealKeyOf({ identity, passphraseFile }: UnsealOptions): Promise<UnsealKey | undefined> {
  if (passphraseFile !== undefined) return { kind: 'PASSPHRASE', passphrase: await readPassphrase(passphraseFile) };
  if (identity === undefined) return undefined;
  const { parseIdentities } = await import('../bundle/seal/identities.ts');
  return { kind: 'IDENTITIES', identities: parseIdentities(await readSecretFile(identity), identity) };
}
