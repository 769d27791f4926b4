import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jwksOf } from '../../src/bundle/sign/jwks.ts';
import { pairOf } from '../../src/bundle/sign/key-file.ts';
import { openSigningKeys, readPublicKeys, rotateKeys, type KeyPlace } from '../../src/bundle/sign/signing-keys.ts';
import { readConfig } from '../../src/config.ts';
import { isCarryallError, type CarryallError } from '../../src/errors.ts';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(() => {
  folder = openTemporaryFolder();
});

afterEach(() => folder[Symbol.dispose]());

const own = (): KeyPlace => ({ path: join(folder.path, 'data/signing'), owner: 'CARRYALL', activeKid: undefined });
const theirs = (path = folder.path, activeKid?: string): KeyPlace => ({ path, owner: 'OPERATOR', activeKid });
const kidsOf = async (place: KeyPlace): Promise<string[]> =>
  (await openSigningKeys(place).published()).map(({ kid }) => kid);
const kidOf = async (key: KeyObject): Promise<string> => (await pairOf(key)).kid;
const ed25519 = () => generateKeyPairSync('ed25519');
const put = (name: string, content: string | object): void =>
  writeFileSync(join(folder.path, name), typeof content === 'string' ? content : JSON.stringify(content));

async function refusal(promise: Promise<unknown>): Promise<CarryallError> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => {
      if (!isCarryallError(error, 'KEYS_INVALID')) throw error;
      return error;
    },
  );
}

describe("Carryall's own folder", () => {
  test('gets one key when it is first needed, which only its owner reads', async () => {
    const keys = openSigningKeys(own());
    const { kid } = await keys.active();
    expect(await kidsOf(own())).toEqual([kid]);
    expect(readdirSync(own().path)).toEqual(['000001.jwk']);
    expect(statSync(join(own().path, '000001.jwk')).mode & 0o777).toBe(0o600);
    expect(statSync(own().path).mode & 0o777).toBe(0o700);
    expect((await openSigningKeys(own()).active()).kid).toBe(kid);
  });

  test('gets one key when many ask at once, within a process and across processes', async () => {
    const { href } = new URL('../../src/bundle/sign/signing-keys.ts', import.meta.url);
    const script = `
      const { openSigningKeys } = await import(${JSON.stringify(href)});
      const keys = openSigningKeys(${JSON.stringify({ ...own(), activeKid: undefined })});
      console.log((await Promise.all(Array.from({ length: 20 }, () => keys.active()))).map(({ kid }) => kid).join('\\n'));`;
    const starts = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]),
    );
    const kids = (await Promise.all(starts)).flatMap(({ stdout }) => stdout.trim().split('\n'));
    expect(kids).toHaveLength(80);
    expect(new Set(kids).size).toBe(1);
    expect(readdirSync(own().path)).toEqual(['000001.jwk']);
  });

  test('gets one key when others ask while it is being made', async () => {
    for (let round = 0; round < 30; round += 1) {
      const place = { ...own(), path: join(folder.path, `round-${round}`) };
      const asked = Array.from({ length: 10 }, async (_, index) => {
        await setTimeout(index / 4);
        return (await openSigningKeys(place).active()).kid;
      });
      expect(new Set(await Promise.all(asked)).size).toBe(1);
      expect(readdirSync(place.path)).toEqual(['000001.jwk']);
    }
  });

  test('is not written to by who only reads it', async () => {
    expect(await readPublicKeys(own())).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('after a rotation signs with the new key, publishes both, and can no longer sign with the old one', async () => {
    const keys = openSigningKeys(own());
    const { kid: before } = await keys.active();
    const { active, others } = await rotateKeys(own());
    expect(others.map(({ kid }) => kid)).toEqual([before]);
    // Without a restart.
    expect((await keys.active()).kid).toBe(active.kid);
    expect(await kidsOf(own())).toEqual([active.kid, before]);
    expect(readFileSync(join(own().path, '000001.jwk'), 'utf8')).not.toContain('"d"');
    expect(statSync(join(own().path, '000001.jwk')).mode & 0o777).toBe(0o600);
    expect((await refusal(openSigningKeys({ ...own(), activeKid: before }).active())).faults[0]?.reason).toContain(
      'CARRYALL_SIGNING_KID',
    );
  });

  test('always has a key that signs, however many rotate at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => rotateKeys(own())));
    const { kid } = await openSigningKeys(own()).active();
    const kids = await kidsOf(own());
    expect(kids[0]).toBe(kid);
    expect(new Set(kids).size).toBe(8);
  });

  test('whose newest key is lost gets a new one and still publishes the rest', async () => {
    const { kid } = await openSigningKeys(own()).active();
    await rotateKeys(own());
    writeFileSync(join(own().path, '000002.jwk'), readFileSync(join(own().path, '000001.jwk')));
    const kids = await kidsOf(own());
    expect(kids).toHaveLength(2);
    expect(kids[1]).toBe(kid);
  });

  test('that cannot be written to is named', async () => {
    writeFileSync(join(folder.path, 'data'), '');
    expect((await refusal(openSigningKeys(own()).active())).faults[0]?.path).toContain('data/signing');
  });
});

describe("an operator's keys", () => {
  test('come as JWK, as a set, as PKCS #8 and, to be published only, as SPKI', async () => {
    const [a, b, c, d, e] = [ed25519(), ed25519(), ed25519(), ed25519(), ed25519()];
    put('1.jwk', a.privateKey.export({ format: 'jwk' }));
    put('2.json', { keys: [b.privateKey.export({ format: 'jwk' }), c.publicKey.export({ format: 'jwk' })] });
    put('3.pem', d.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    put('4.pem', e.publicKey.export({ format: 'pem', type: 'spki' }).toString());
    put('README', 'what these are');
    put('.hidden.jwk', 'an editor at work');
    const [kidA, kidB, kidC, kidD, kidE] = await Promise.all([a, b, c, d, e].map(({ publicKey }) => kidOf(publicKey)));
    expect((await openSigningKeys(theirs()).active()).kid).toBe(kidD);
    expect(await kidsOf(theirs())).toEqual([kidD, kidE, kidB, kidC, kidA]);
    expect((await openSigningKeys(theirs(folder.path, kidA)).active()).kid).toBe(kidA);
    expect(await kidsOf(theirs(join(folder.path, '1.jwk')))).toEqual([kidA]);
    expect(await kidsOf(theirs(join(folder.path, '2.json')))).toEqual([kidB, kidC]);
    await refusal(openSigningKeys(theirs(join(folder.path, '4.pem'))).active());
    await refusal(openSigningKeys(theirs(folder.path, kidE)).active());
  });

  test('that are the same key in two files count once', async () => {
    const { privateKey, publicKey } = ed25519();
    put('1.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    put('2.pem', publicKey.export({ format: 'pem', type: 'spki' }).toString());
    expect(await kidsOf(theirs())).toEqual([await kidOf(publicKey)]);
  });

  test('are never written: a rotation is refused, and a missing folder is not made', async () => {
    put('1.jwk', ed25519().privateKey.export({ format: 'jwk' }));
    const before = readFileSync(join(folder.path, '1.jwk'), 'utf8');
    expect((await refusal(rotateKeys(theirs()))).faults).toHaveLength(1);
    expect(readFileSync(join(folder.path, '1.jwk'), 'utf8')).toBe(before);
    const missing = theirs(join(folder.path, 'none'));
    await refusal(openSigningKeys(missing).active());
    await refusal(readPublicKeys(missing));
    expect(readdirSync(folder.path)).toEqual(['1.jwk']);
  });

  test('that are bad are refused with every fault at once, and nothing of a key in any of it', async () => {
    const good = ed25519().privateKey.export({ format: 'jwk' });
    const d = good.d ?? '';
    const bad: Record<string, string | object> = {
      'a.jwk': { ...good, x: ed25519().publicKey.export({ format: 'jwk' }).x },
      'b.jwk': { ...good, d: d.slice(0, 20) },
      'c.jwk': `{"kty":"OKP","crv":"Ed25519","d":"${d}`,
      'd.jwk': { ...good, crv: 'X25519' },
      'e.jwk': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
      'f.pem': generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ format: 'pem', type: 'pkcs8' })
        .toString(),
      'g.pem': ed25519()
        .privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret words' })
        .toString(),
      'h.pem': `-----BEGIN PRIVATE KEY-----\n${d}\n-----END PRIVATE KEY-----\n`,
      'i.pem': d,
      'j.jwk': '',
      'k.jwk': { keys: [good, { kty: 'oct', k: d }] },
      'l.jwk': 'null',
      'm.jwk': { keys: Array.from({ length: 101 }, () => good) },
      'n.jwk': ' '.repeat(300_000),
    };
    for (const [name, content] of Object.entries(bad)) put(name, content);
    mkdirSync(join(folder.path, 'o.jwk'));
    const error = await refusal(openSigningKeys(theirs()).active());
    const named = error.faults.map(({ path }) => path.slice(folder.path.length + 1)).toSorted();
    expect(named).toEqual([...Object.keys(bad), 'o.jwk']);
    const told = `${JSON.stringify(error)} ${error.stack} ${String(error.cause)} ${error.message} ${JSON.stringify(error.faults)}`;
    for (const secret of [d, d.slice(0, 10), 'secret words', 'BEGIN']) expect(told).not.toContain(secret);
    expect(error.cause).toBeUndefined();
  });
});

test('the set of public keys holds public halves only, under their thumbprints', async () => {
  // RFC 8037, appendix A: the key, and its thumbprint.
  put('rfc8037.jwk', {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    kid: 'whatever we called it',
  });
  expect(jwksOf(await openSigningKeys(theirs()).published())).toEqual({
    keys: [
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
        kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
        alg: 'EdDSA',
        use: 'sig',
      },
    ],
  });
});

test('the environment says where keys are, and which is active', () => {
  const kid = 'k'.repeat(43);
  expect(readConfig({ CARRYALL_DATA: '/d' }).signing).toEqual({
    path: '/d/signing',
    owner: 'CARRYALL',
    activeKid: undefined,
  });
  expect(readConfig({ CARRYALL_SIGNING_KEYS: '/keys', CARRYALL_SIGNING_KID: kid }).signing).toEqual({
    path: '/keys',
    owner: 'OPERATOR',
    activeKid: kid,
  });
  expect(readConfig({ CARRYALL_DATA: '/d', CARRYALL_SIGNING_KEYS: '', CARRYALL_SIGNING_KID: '' }).signing.owner).toBe(
    'CARRYALL',
  );
  expect(() => readConfig({ CARRYALL_SIGNING_KID: 'short', PORT: 'x' })).toThrow(
    expect.objectContaining({ faults: [expect.anything(), expect.objectContaining({ path: 'CARRYALL_SIGNING_KID' })] }),
  );
});
