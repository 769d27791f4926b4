import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import {
  identityOption,
  passphraseFileOption,
  recipientOption,
  sealingOf,
  unsealKeyOf,
  type SealOptions,
} from '../../src/cli/sealing-options.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { newPair } from './streams.ts';

const PASSPHRASE = 'of thirteen s';
const ann = await newPair();
const ben = await newPair();
const folder = openTemporaryFolder(0o700);
afterAll(() => folder[Symbol.dispose]());

async function file(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

function parse(...args: readonly string[]): SealOptions {
  const command = new Command().addOption(recipientOption).addOption(identityOption).addOption(passphraseFileOption);
  return command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(args, { from: 'user' })
    .opts();
}

describe('sealing from the command line', () => {
  test('is left open without options', async () => {
    expect([await sealingOf(parse()), await unsealKeyOf(parse())]).toEqual([undefined, undefined]);
  });

  test('takes several recipients', async () => {
    const recipients = [ann.recipient, ben.recipient];
    const options = parse(...recipients.flatMap((recipient) => ['--recipient', recipient]));
    expect(await sealingOf(options)).toEqual({ kind: 'RECIPIENTS', recipients });
    // Each command line for itself.
    expect(parse('--recipient', ann.recipient).recipient).toEqual([ann.recipient]);
  });

  test('tells all faults of its recipients at once', async () => {
    const options = parse('--recipient', 'age1', '--recipient', ann.recipient, '--recipient', 'ben');
    await expect(sealingOf(options)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      faults: [{ path: '--recipient' }, { path: '--recipient' }],
    });
  });

  test('takes a passphrase or keys, not both', () => {
    expect(() => parse('--recipient', ann.recipient, '--passphrase-file', 'x')).toThrow('cannot be used with');
    expect(() => parse('--identity', 'x', '--passphrase-file', 'x')).toThrow('cannot be used with');
  });

  test.each(['\n', '\r\n', '', '\nand notes'])('takes the first line of a file as the passphrase (%j)', async (end) => {
    const passphraseFile = await file('passphrase', `${PASSPHRASE}${end}`);
    const expected = { kind: 'PASSPHRASE', passphrase: PASSPHRASE };
    expect([await sealingOf({ passphraseFile }), await unsealKeyOf({ passphraseFile })]).toEqual([expected, expected]);
  });

  test('refuses a short passphrase, and does not say it', async () => {
    const sealing = sealingOf({ passphraseFile: await file('short', 'sesame') });
    const error = await sealing.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'BAD_INPUT', faults: [{ reason: expect.stringContaining('12 characters') }] });
    expect(JSON.stringify(error)).not.toContain('sesame');
  });

  test('opens with a short passphrase of somebody else', async () => {
    const passphraseFile = await file('short', 'sesame');
    expect(await unsealKeyOf({ passphraseFile })).toEqual({ kind: 'PASSPHRASE', passphrase: 'sesame' });
  });
});

describe('a file of identities', () => {
  test('is read as age-keygen writes it', async () => {
    const identity = join(folder.path, 'keygen');
    await promisify(execFile)('age-keygen', ['--output', identity]);
    expect(await unsealKeyOf({ identity })).toEqual({
      kind: 'IDENTITIES',
      identities: [expect.stringMatching(/^AGE-SECRET-KEY-1/)],
    });
  });

  test('names each bad line, and repeats none', async () => {
    const identity = await file('bad', `# mine\n${ann.identity}\n${ben.identity.slice(0, -1)}\r\n${ann.recipient}\n`);
    const error = await unsealKeyOf({ identity }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'BAD_INPUT', faults: [{ path: `${identity}:3` }, { path: `${identity}:4` }] });
    expect(JSON.stringify(error)).not.toMatch(/KEY-1[A-Z0-9]/);
  });

  test.each([
    ['nothing', '# a comment\n', 'holds no identity'],
    ['itself encrypted', 'age-encryption.org/v1\n-> scrypt', 'is itself encrypted'],
  ])('that holds %s is refused', async (_what, text, reason) => {
    await expect(unsealKeyOf({ identity: await file('none', text) })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      faults: [{ reason: expect.stringContaining(reason) }],
    });
  });
});

describe('a file that holds a secret', () => {
  test.each([0o604, 0o602, 0o644, 0o777])(
    'that is open to everybody (%o) is refused, with the way out',
    async (mode) => {
      for (const options of [
        { passphraseFile: await file('open', PASSPHRASE, mode) },
        { identity: join(folder.path, 'open') },
      ])
        await expect(unsealKeyOf(options)).rejects.toMatchObject({ message: expect.stringContaining('chmod 600') });
    },
  );

  test.each([0o600, 0o400, 0o640])('that is not (%o) is taken', async (mode) => {
    await file('closed', PASSPHRASE);
    expect(await unsealKeyOf({ passphraseFile: await file('closed', PASSPHRASE, mode) })).toBeDefined();
  });

  test('that is missing, a folder, empty or endless is refused', async () => {
    const paths = [join(folder.path, 'missing'), folder.path, await file('empty', '\n'), '/dev/zero'];
    for (const path of paths)
      await expect(unsealKeyOf({ passphraseFile: path })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(unsealKeyOf({ identity: await file('large', '#'.repeat(100_000)) })).rejects.toMatchObject({
      message: expect.stringContaining('too large'),
    });
  });
});
