import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildBundle } from '../../src/bundle/build.ts';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { sha256Of } from '../delivery/open-delivery.ts';
import { openMemory } from '../bundle/exporter.ts';
import { newKey } from '../signing/signed-bundles.ts';
import { openExchange, type Exchange } from './exchange.ts';
import { openFalseRecipient } from './false-recipient.ts';
import { speakerAt, type Said, type Speaker } from './speaker.ts';

let at: Exchange;
let alpha: Speaker;

beforeAll(async () => {
  at = await openExchange({ sender: { maxBytes: 200_000 } });
  await at.person('ann');
  alpha = speakerAt(at);
});

afterAll(() => at[Symbol.asyncDispose]());

const NOT_A_BUNDLE = Buffer.from('PK\u0003\u0004 and then nothing that an archive has');

/** Everything that beta holds about people. */
async function held(): Promise<unknown> {
  const { subject, account, callRecord } = at.beta.at.prisma;
  return { subjects: await subject.count(), accounts: await account.count(), calls: await callRecord.count() };
}

async function bundleOf(subjectId: string, signing: 'OWN' | 'STRANGER' | 'NOBODY', scope: 'ACCESS' | 'PORTABILITY') {
  const memory = openMemory();
  const { sources, signing: own } = at.alpha.transmissions.send;
  const stranger = await newKey();
  const keys = {
    OWN: own,
    STRANGER: { active: async () => signerOf(stranger), published: async () => [stranger] },
    NOBODY: undefined,
  }[signing];
  await buildBundle(
    { ...sources, signing: keys },
    { tenantId: 'cp', subjectId, scope, format: 'ZIP' },
    memory.destination,
  );
  return memory.bytes();
}

describe('a statement is of no use', () => {
  const bytes = randomBytes(1000);
  const seconds = (): number => Math.floor(at.clock.now().getTime() / 1000);
  const statements: Readonly<Record<string, () => Promise<{ claims?: object } & Said>>> = {
    'by a key that is not the sender’s': async () => ({ signer: signerOf(await newKey()) }),
    'by somebody whom nobody knows': async () => ({ claims: { iss: 'gamma' } }),
    'to somebody else': async () => ({ claims: { aud: 'https://elsewhere.example/intake/bundles' } }),
    'for an operator to whom the sender may not deliver': async () => ({ claims: { tenant: 'other' } }),
    'of a minute ago and more': async () => ({ claims: { iat: seconds() - 61 } }),
    'of a time to come': async () => ({ claims: { iat: seconds() + 61 } }),
    'of another type': async () => ({ type: 'carryall-receipt+jws' }),
    'without a name of its own': async () => ({ claims: { jti: '' } }),
    'with more than is understood': async () => ({ claims: { crit: ['b64'] } }),
  };

  test.each(Object.keys(statements))('%s', async (name) => {
    const { claims = {}, ...said } = (await statements[name]?.()) ?? {};
    const { status, text } = await alpha.say({ ...alpha.about(bytes), act: 'ANNOUNCE', ...claims }, said);
    expect(status).toBe(401);
    // Nobody learns from the answer how near they were.
    expect(text).toBe((await alpha.say({ act: 'NOTHING' })).text);
    expect(await at.beta.at.prisma.reception.count()).toBe(0);
  });

  test('a second time', async () => {
    const said = { ...alpha.about(bytes), act: 'ANNOUNCE', jti: 'once-and-never-again' };
    expect(await alpha.say(said)).toMatchObject({ status: 200, progress: { status: 'RECEIVING', offset: 0 } });
    expect(await alpha.say(said)).toMatchObject({ status: 401 });
    await at.beta.at.prisma.reception.deleteMany();
  });
});

describe('a piece', () => {
  const bytes = randomBytes(5000);
  let reception = '';
  const piece = (offset: number, part: Uint8Array, stated: object = {}, sent = part) => {
    const claims = { ...alpha.about(bytes), act: 'PIECE', reception, offset, pieceBytes: part.length };
    return alpha.say({ ...claims, pieceSha256: sha256Of(part), ...stated }, { path: `/${reception}`, body: sent });
  };

  beforeEach(async () => {
    const { progress } = await alpha.say({ ...alpha.about(bytes), act: 'ANNOUNCE' });
    reception = progress.id;
  });

  test('that was changed on its way is not taken', async () => {
    const changed = Buffer.from(bytes.subarray(0, 1000));
    changed.writeUInt8(changed.readUInt8(7) ^ 1, 7);
    expect(await piece(0, bytes.subarray(0, 1000), {}, changed)).toMatchObject({ status: 400 });
    expect(await piece(0, bytes.subarray(0, 1000), {}, bytes.subarray(0, 999))).toMatchObject({ status: 400 });
    expect((await alpha.say({ ...alpha.about(bytes), act: 'ANNOUNCE' })).progress.offset).toBe(0);
  });

  test('that does not follow the last is told where that ended', async () => {
    expect((await piece(0, bytes.subarray(0, 1000))).progress.offset).toBe(1000);
    expect((await piece(0, bytes.subarray(0, 1000))).progress.offset).toBe(1000);
    expect((await piece(3000, bytes.subarray(3000, 4000))).progress.offset).toBe(1000);
  });

  test('that goes beyond the end is refused, as is an end before all is there', async () => {
    expect(await piece(1000, randomBytes(4001))).toMatchObject({ status: 400 });
    const claims = { ...alpha.about(bytes), act: 'FINISH', reception };
    expect(await alpha.say(claims, { path: `/${reception}/finish` })).toMatchObject({ status: 409 });
  });

  test('is for the bundle that the address names, and for its own', async () => {
    const of = { ...alpha.about(bytes), act: 'FINISH', reception };
    expect(await alpha.say(of, { path: '' })).toMatchObject({ status: 404 });
    const other = { ...alpha.about(randomBytes(10)), act: 'FINISH', reception };
    expect(await alpha.say(other, { path: `/${reception}/finish` })).toMatchObject({ status: 404 });
  });
});

describe('what is whole', () => {
  test.each([
    ['is no bundle', async () => NOT_A_BUNDLE],
    ['is signed by somebody else', () => bundleOf('ann', 'STRANGER', 'PORTABILITY')],
    ['is signed by nobody', () => bundleOf('ann', 'NOBODY', 'PORTABILITY')],
    ['answers Art. 15', () => bundleOf('ann', 'OWN', 'ACCESS')],
  ] as const)('and %s is refused, with a receipt, and nothing of it is kept', async (_name, bytes) => {
    const before = await held();
    const sent = await bytes();
    const { status, progress } = await alpha.send(sent);
    expect({ status, progress }).toMatchObject({ status: 200, progress: { status: 'REFUSED' } });
    expect(progress.receipt).toEqual(expect.any(String));
    expect(await held()).toEqual(before);
    // Asked again, it is the same answer.
    expect((await alpha.say({ ...alpha.about(sent), act: 'ANNOUNCE' })).progress).toEqual(progress);
    const incidents = await at.beta.at.prisma.notice.findMany({ where: { kind: 'INCIDENT', role: 'OPERATOR' } });
    expect(incidents.map(({ dedupeKey }) => dedupeKey)).toContainEqual(expect.stringContaining(progress.id));
  });

  test('and is about somebody else than was stated is refused', async () => {
    const before = await held();
    expect((await alpha.send(await bundleOf('ann', 'OWN', 'PORTABILITY'), 'ben')).progress.status).toBe('REFUSED');
    expect(await held()).toEqual(before);
  });

  test('is taken in once, and has one receipt however often it is ended', async () => {
    const bytes = Buffer.from(await bundleOf('ann', 'OWN', 'PORTABILITY'));
    await at.beta.at.prisma.reception.deleteMany();
    const { progress } = await alpha.send(bytes);
    expect(progress.status).toBe('TAKEN');
    const after = await held();
    const claims = { ...alpha.about(bytes), act: 'FINISH', reception: progress.id };
    const again = await Promise.all([1, 2].map(() => alpha.say(claims, { path: `/${progress.id}/finish` })));
    for (const each of again) expect(each.progress).toEqual(progress);
    expect(await held()).toEqual(after);
  });
});

test('what is larger than a sender may send is not begun', async () => {
  const claims = { ...alpha.about(randomBytes(10)), bytes: 200_001 };
  expect(await alpha.say({ ...claims, act: 'ANNOUNCE' })).toMatchObject({ status: 413 });
});

test('of one sender so many bundles are under way and no more', async () => {
  await at.beta.at.prisma.reception.deleteMany();
  const begin = () => alpha.say({ ...alpha.about(randomBytes(10)), act: 'ANNOUNCE' });
  for (let index = 0; index < 20; index += 1) expect((await begin()).status).toBe(200);
  expect((await begin()).status).toBe(409);
});

test('while the keys of a sender cannot be had, nobody is believed, and they are not asked for each time', async () => {
  await using gamma = await openFalseRecipient();
  await using other = await openExchange({ sender: { keys: gamma.url } });
  const claims = { ...alpha.about(randomBytes(10)), aud: `${other.line.url}/intake/bundles`, act: 'ANNOUNCE' };
  const speaker = speakerAt(other);
  for (const _time of [1, 2, 3]) expect(await speaker.say(claims)).toMatchObject({ status: 503 });
  expect(gamma.visits()).toBe(1);
  expect(await other.beta.at.prisma.reception.count()).toBe(0);
});
