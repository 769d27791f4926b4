import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { closeProcessorRequest } from '../../src/delivery/processing/close.ts';
import { withTransaction } from '../../src/store/session.ts';
import { subject } from '../graphql/people.ts';
import { openListener } from '../notices/listener.ts';
import { newKey } from '../signing/signed-bundles.ts';
import { email, openProcessor, type Asked, type Processor } from './processor.ts';

let processor: Processor;

beforeAll(async () => void (processor = await openProcessor()));
afterAll(() => processor[Symbol.asyncDispose]());

const rows = () => processor.at.beta.at.prisma.processorRequest;

beforeEach(async () => {
  await rows().deleteMany();
  await processor.at.beta.at.prisma.processingInstruction.deleteMany();
});

const PERSON_SEES = '{ viewer { subject { requests { id } accessLog { nodes { action } } } } }';

function close(id: string, as: 'ANSWERED' | 'REFUSED'): Promise<void> {
  const { pool, audit } = processor.at.beta.at;
  const by = { kind: 'OPERATOR', tenant: 'cp', operatorId: 'desk' } as const;
  return withTransaction(pool, 'cp', (writer) =>
    closeProcessorRequest({ clock: processor.at.clock, audit }, writer, { tenantId: 'cp', id, as, by }),
  );
}

test('a controller hands in a request, asks how it is, is called back, and has it answered under its instruction', async () => {
  await using hook = await openListener();
  await processor.instruct();
  const filed = await processor.file({ claims: { callback: hook.url } });
  expect(filed.status, filed.text).toBe(202);
  const { statement: _jws, ...document } = filed.body;
  expect(await filed.signed()).toEqual(document);
  expect(document).toMatchObject({ aud: 'alpha', status: 'RECEIVED', id: expect.stringMatching(/^prq_/) });
  expect(Date.parse(document.expectedCompletion)).toBeGreaterThan(Date.parse(document.received));
  expect(await rows().findFirst()).toMatchObject({ subjectId: 'ann', organisationId: 'cust' });
  await processor.work();
  expect(hook.heard).toEqual([]);

  await close(document.id, 'ANSWERED');
  hook.answer((response) => void response.writeHead(500).end());
  await processor.work();
  await processor.work();
  // One that failed is not tried again at once.
  expect(hook.heard).toHaveLength(1);
  processor.at.clock.pass(60_000);
  hook.answer((response) => void response.writeHead(204).end());
  await processor.work();
  await processor.work();
  expect(hook.heard).toHaveLength(2);
  const told = JSON.parse(hook.heard[1]?.body ?? '') as { statement: string };
  expect(await processor.read(told.statement)).toMatchObject({ id: document.id, status: 'ANSWERED' });
  // As a word, since three letters come up in any signature.
  expect(hook.heard[1]?.body).not.toMatch(/\bann\b/);
  expect((await processor.status(document.id)).body).toMatchObject({ status: 'ANSWERED' });
  await expect(close(document.id, 'REFUSED')).rejects.toMatchObject({ code: 'WRONG_STATE' });
});

test('without an instruction that lets data leave nothing is answered, and the request waits for one', async () => {
  await processor.instruct(false);
  const { body } = await processor.file();
  expect(body.status).toBe('INSTRUCTION_REQUIRED');
  await expect(close(body.id, 'ANSWERED')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  await processor.instruct();
  await processor.work();
  expect((await processor.status(body.id)).body.status).toBe('RECEIVED');
  await processor.at.beta.at.prisma.processingInstruction.updateMany({
    data: { revokedAt: processor.at.clock.now(), revokedBy: 'test' },
  });
  await processor.work();
  expect((await processor.status(body.id)).body.status).toBe('INSTRUCTION_REQUIRED');
  expect(await processor.at.beta.at.prisma.portabilityBundle.count()).toBe(0);
});

test.each([
  ['nobody', 'nobody@example.org', null],
  ['somebody of another customer', 'ben@example.org', null],
  ['somebody by a digest', createHash('sha256').update('ann@example.org').digest('hex'), 'ann'],
])('of %s the answer is the same', async (_who, value, subjectId) => {
  const known = await processor.file();
  const asked = await processor.file({ claims: { identity: email(value) } });
  expect(asked.status).toBe(known.status);
  const { id: _id, statement: _statement, ...rest } = known.body;
  expect(asked.body).toMatchObject(rest);
  expect(await rows().findUnique({ where: { tenantId_id: { tenantId: 'cp', id: asked.body.id } } })).toMatchObject({
    subjectId,
  });
});

test('the same request under the same name is one, and another under that name is refused', async () => {
  const claims = { request: 'ticket-4711' };
  const [one, other] = await Promise.all([processor.file({ claims }), processor.file({ claims })]);
  expect(other?.body.id).toBe(one?.body.id);
  expect(await rows().count()).toBe(1);
  expect(await processor.file({ claims: { ...claims, type: 'portability' } })).toMatchObject({ status: 409 });
});

describe('a statement is of no use', () => {
  const statements: Readonly<Record<string, () => Promise<Asked>>> = {
    'by a key that is not the controller’s': async () => ({ signer: signerOf(await newKey()) }),
    'by somebody whom nobody knows': async () => ({ claims: { iss: 'gamma' } }),
    'to the intake of bundles': async () => ({ claims: { aud: `${processor.at.line.url}/intake/bundles` } }),
    'for another operator': async () => ({ claims: { tenant: 'cr' } }),
    'of more than a minute ago': async () => ({
      claims: { iat: Math.floor(processor.at.clock.now().getTime() / 1000) - 61 },
    }),
    'of a bundle’s type': async () => ({ type: 'carryall-transmission+jws' }),
    'with more than is understood': async () => ({ claims: { subject: 'ann' } }),
  };

  test.each(Object.keys(statements))('%s', async (name) => {
    const { status, text } = await processor.file(await statements[name]?.());
    expect(status).toBe(401);
    expect(text).toBe((await processor.file({ claims: { act: 'NOTHING' } })).text);
    expect(await rows().count()).toBe(0);
  });

  test('a second time', async () => {
    const claims = { jti: 'once-and-never-again' };
    expect((await processor.file({ claims })).status).toBe(202);
    expect((await processor.file({ claims })).status).toBe(401);
  });
});

test('a request is found by its own name and by nobody else’s', async () => {
  const { body } = await processor.file();
  expect((await processor.status(body.id)).status).toBe(200);
  expect((await processor.status(body.id, { path: '/prq_other' })).status).toBe(404);
  expect((await processor.status('prq_other')).status).toBe(404);
  await rows().updateMany({ data: { sender: 'delta' } });
  expect((await processor.status(body.id)).status).toBe(404);
});

test('a call-back into an inner network is refused', async () => {
  expect(await processor.file({ claims: { callback: 'https://10.0.0.1/hook' } })).toMatchObject({ status: 400 });
  expect(await rows().count()).toBe(0);
});

test('the person sees and hears nothing of it, and the operator hears of it, and again when it is overdue', async () => {
  const { at } = processor.at.beta;
  const { prisma } = at;
  await prisma.notice.deleteMany();
  await processor.file();
  const seen = await at.ask(subject('cp', 'ann'), PERSON_SEES);
  expect(seen).toMatchObject({ data: { viewer: { subject: { requests: [], accessLog: { nodes: [] } } } } });
  expect(await prisma.dataSubjectRequest.count()).toBe(0);
  processor.at.clock.pass(40 * 24 * 3600 * 1000);
  await processor.work();
  await processor.work();
  const notices = await prisma.notice.findMany();
  expect(notices.map(({ kind, role, identifierId }) => ({ kind, role, identifierId }))).toEqual(
    [1, 2].map(() => ({ kind: 'CONTROLLER_REQUEST', role: 'OPERATOR', identifierId: null })),
  );
});
