import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { removeObjects } from '../../src/delivery/expire.ts';
import type { Receipt, Statement } from '../../src/delivery/transmission/statements.ts';
import { workTransmissions } from '../../src/delivery/transmission/send.ts';
import { subject } from '../graphql/people.ts';
import { signToken } from '../../src/http/token.ts';
import { newKey } from '../signing/signed-bundles.ts';
import { openExchange, type Exchange } from './exchange.ts';
import { ended, has, openFalseRecipient, type FalseRecipient } from './false-recipient.ts';

let at: Exchange;
let gamma: FalseRecipient;

beforeAll(async () => {
  gamma = await openFalseRecipient();
  at = await openExchange({ recipient: { url: gamma.url, keys: gamma.keys } });
});

afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await gamma[Symbol.asyncDispose]();
});

let people = 0;

/** Has somebody's data sent, for as long as that takes; what came of it, and how often it was tried. */
async function send() {
  people += 1;
  const id = `person-${people}`;
  const request = await at.person(id);
  await at.transmit(id, request);
  const times = await at.work();
  const [transmission] = await at.seen(id, request);
  return { ...transmission, times };
}

const receiptFor = ({ sha256, bytes }: Statement, changes: Partial<Receipt> = {}): Receipt => ({
  iss: gamma.url,
  aud: 'alpha',
  sha256,
  bytes,
  sender: 'alpha',
  receivedAt: at.clock.now().toISOString(),
  status: 'TAKEN',
  ...changes,
});

test('a recipient that refuses is believed by its receipt, and the person and the operator are told', async () => {
  gamma.answerBy(async (statement, response) => {
    const receipt = await gamma.signer.state('carryall-receipt+jws', receiptFor(statement, { status: 'REFUSED' }));
    ended(response, statement.bytes, 'REFUSED', receipt);
  });
  expect(await send()).toMatchObject({ status: 'REFUSED', failureCode: 'REFUSED_BY_RECIPIENT', times: 1 });
  const notices = await at.alpha.at.prisma.notice.findMany({ where: { kind: 'TRANSMISSION_REFUSED' } });
  expect(new Set(notices.map(({ role }) => role))).toEqual(new Set(['OPERATOR', 'PERSON']));
});

describe('a receipt is none', () => {
  const changes: Readonly<Record<string, Partial<Receipt>>> = {
    'of other bytes': { sha256: '0'.repeat(64) },
    'of fewer bytes': { bytes: 1 },
    'for somebody else': { aud: 'delta' },
    'by somebody else': { iss: 'https://elsewhere.example/intake/bundles' },
  };

  test.each([...Object.keys(changes), 'by a key that is not the recipient’s', 'of another type'])(
    '%s',
    async (name) => {
      const stranger = signerOf(await newKey());
      gamma.answerBy(async (statement, response) => {
        const signer = name.startsWith('by a key') ? stranger : gamma.signer;
        const type = name === 'of another type' ? 'carryall-transmission+jws' : 'carryall-receipt+jws';
        const receipt = await signer.state(type, receiptFor(statement, changes[name]));
        ended(response, statement.bytes, 'TAKEN', receipt);
      });
      expect(await send()).toMatchObject({
        status: 'FAILED',
        failureCode: 'RECEIPT_INVALID',
        receipt: null,
        times: 12,
      });
    },
  );
});

describe('a recipient that', () => {
  test('sends us elsewhere is not followed', async () => {
    await using elsewhere = await openFalseRecipient();
    gamma.answerBy((_statement, response) => response.writeHead(307, { location: elsewhere.url }).end());
    expect(await send()).toMatchObject({ status: 'FAILED', failureCode: 'ANSWERED_307' });
    expect(elsewhere.heard).toEqual([]);
  });

  test('says nothing of use is given up, and nothing of its words is kept', async () => {
    gamma.answerBy((_statement, response) => response.end('"Zwaluwstaart"'.repeat(100_000)));
    expect(await send()).toMatchObject({ status: 'FAILED', failureCode: 'ANSWER_INVALID' });
    expect(at.alpha.faults.map(String).join()).not.toContain('Zwaluwstaart');
  });

  test('has more than there is, or goes back, is not gone on with', async () => {
    gamma.answerBy(({ bytes }, response) => has(response, bytes + 1));
    expect(await send()).toMatchObject({ status: 'FAILED', failureCode: 'ANSWER_INVALID' });
    gamma.answerBy((_statement, response) => has(response, 0));
    expect(await send()).toMatchObject({ status: 'FAILED', failureCode: 'NO_PROGRESS', times: 12 });
  });

  test('finds it too large is not asked again', async () => {
    gamma.answerBy((_statement, response) => response.writeHead(413).end());
    expect(await send()).toMatchObject({ status: 'FAILED', failureCode: 'ANSWERED_413', times: 1 });
  });
});

test('what was taken back while it waited is sent to nobody, and what was built is removed', async () => {
  gamma.answerBy((_statement, response) => response.writeHead(503).end());
  const request = await at.person('regrets');
  const { prisma } = at.alpha.at;
  await at.transmit('regrets', request);
  await workTransmissions(at.alpha.transmissions.send, 'cp', new AbortController().signal);
  const { bundleId } = await prisma.transmission.findFirstOrThrow({ where: { requestId: request } });
  const { storageKey } = await prisma.portabilityBundle.findFirstOrThrow({ where: { id: bundleId ?? '' } });
  expect(await at.alpha.storage.stat(storageKey ?? '')).not.toBeNull();
  await prisma.dataSubjectRequest.update({
    where: { tenantId_id: { tenantId: 'cp', id: request } },
    data: { status: 'CANCELLED' },
  });
  await at.work();
  expect(await at.seen('regrets', request)).toMatchObject([{ status: 'FAILED', failureCode: 'TAKEN_BACK' }]);
  expect(gamma.heard).toHaveLength(1);
  await removeObjects(at.alpha.transmissions.send, 'cp');
  expect(await at.alpha.storage.stat(storageKey ?? '')).toBeNull();
});

test('what a killed attempt had built and not noted is removed before it is built anew', async () => {
  const { prisma } = at.alpha.at;
  const { storage, transmissions } = at.alpha;
  gamma.answerBy((_statement, response) => response.writeHead(503).end());
  const request = await at.person('killed');
  await at.transmit('killed', request);
  const left = 'cp/bundle_of_nobody/attempt_1.zip';
  await storage.write(left, async (destination) => void destination.end('whole, and never noted'));
  await prisma.transmission.updateMany({ where: { requestId: request }, data: { storageKey: left } });
  await workTransmissions(transmissions.send, 'cp', new AbortController().signal);
  expect(await storage.stat(left)).toBeNull();
  const row = await prisma.transmission.findFirstOrThrow({ where: { requestId: request } });
  expect(row).toMatchObject({ status: 'SENDING', attempts: 1, failureCode: 'ANSWERED_503' });
  expect(await storage.stat(row.storageKey ?? '')).toMatchObject({ bytes: Number(row.bytes) });
});

describe('nothing is sent', () => {
  test('of a request that is not one’s own, or to somebody whom nobody named', async () => {
    const request = await at.person('careful');
    expect(await at.transmit('person-1', request)).toBe('NOT_FOUND');
    expect(await at.transmit('careful', request, 'delta')).toBe('NOT_FOUND');
  });

  test.each([
    ['right', 'ACCESS'],
    ['status', 'NEEDS_REVIEW'],
    ['status', 'REFUSED'],
    ['heldUntil', new Date('2030-01-01T00:00:00Z')],
  ])('of a request whose %s is %s', async (column, value) => {
    const request = await at.person(`held-${column}-${String(value).slice(0, 9).toLowerCase().replaceAll(' ', '-')}`);
    const { subjectId } = await at.alpha.at.prisma.dataSubjectRequest.update({
      where: { tenantId_id: { tenantId: 'cp', id: request } },
      data: { [column]: value },
    });
    expect(await at.transmit(subjectId ?? '', request)).toBe('WRONG_STATE');
  });

  test('by who signed in long ago', async () => {
    const request = await at.person('stale');
    const { gateway, key } = at.alpha.at;
    // The token's time is when its bearer signed in.
    const token = await signToken(key, subject('cp', 'stale'), 24 * 3600, new Date(Date.parse('2026-11-21T12:00:00Z')));
    const query = `mutation { transmitBundle(request: "${request}", recipient: "beta") { id } }`;
    const response = await gateway.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-carryall-csrf': '1' },
        body: JSON.stringify({ query }),
      }),
    );
    expect(await response.text()).toContain('STEP_UP_REQUIRED');
  });
});

test('an address in an inner network is not dialled', async () => {
  await using other = await openExchange({ recipient: { url: 'https://169.254.169.254/intake/bundles' } });
  const request = await other.person('ann');
  await other.transmit('ann', request);
  expect(await other.work()).toBe(1);
  expect(await other.seen('ann', request)).toMatchObject([{ status: 'FAILED', failureCode: 'ADDRESS_REFUSED' }]);
});
