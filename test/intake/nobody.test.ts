import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANN, openIntake, type TestIntake } from './open-intake.ts';

let at: TestIntake;
let statements: string[] = [];

beforeAll(async () => {
  at = await openIntake();
  const listening = new WeakSet<object>();
  at.pool.on('acquire', (client) => {
    if (listening.has(client)) return;
    listening.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const [first] = args;
        statements.push(typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? ''));
        return query(...args);
      },
    });
  });
});

afterAll(() => at[Symbol.asyncDispose]());

const NUMBER = '+31 6 1234 5678';
const STRANGERS = ['nobody@example.org', '+31 6 8765 4321'];

/** What somebody who asks from outside gets to see of all answers, and what is done behind them. */
async function seen(
  address: string,
): Promise<{ readonly answers: readonly string[]; readonly done: readonly string[] }> {
  statements = [];
  const answers: string[] = [];
  const note = async (response: Response): Promise<void> => {
    // The time of day is the machine's.
    response.headers.delete('date');
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    answers.push(
      `${response.status}\n${headers}\n${await response.text()}`.replaceAll(/(req|http)_[0-9a-z]{24}/g, '$1_'),
    );
  };
  const form = { address, right: 'ACCESS', format: 'ZIP', details: '' };
  const asked = await at.post('/intake/cp', form);
  const path = asked.headers.get('location') ?? '';
  await note(asked);
  await note(await at.get(path));
  await note(await at.post(`${path}/again`, {}));
  for (let tries = 0; tries < 6; tries += 1) await note(await at.post(path, { code: 'no code' }));
  await note(await at.post(`${path}/again`, {}));
  await note(await at.get(path));
  return { answers, done: statements.map((text) => text.replaceAll(/'[^']*'/g, "''")) };
}

async function rows(): Promise<Readonly<Record<string, number>>> {
  const tables = [
    'data_subject_request',
    'request_step',
    'identity_challenge',
    'notice',
    'audit_event',
    'principal',
    'sign_in_session',
  ];
  const counts = await Promise.all(
    tables.map(async (table) => {
      const { rows: found } = await at.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
      return [table, found[0]?.count ?? 0] as const;
    }),
  );
  return Object.fromEntries(counts);
}

test('X-01: who asks for an address that is nobody’s gets word for word the answers of one that is held', async () => {
  await seen(ANN);
  const known = await seen(ANN);
  expect(known.answers.join('\n')).toContain('req_');
  for (const address of [...STRANGERS, NUMBER]) expect((await seen(address)).answers, address).toEqual(known.answers);
});

test('X-01: the same is done and kept for both, and nothing is built', async () => {
  const before = await rows();
  const known = await seen(ANN);
  const between = await rows();
  const unknown = await seen(STRANGERS[0] ?? '');
  const after = await rows();
  expect(unknown.done).toEqual(known.done);
  const added = (from: Readonly<Record<string, number>>, to: Readonly<Record<string, number>>) =>
    Object.entries(to).map(([table, count]) => [table, count - (from[table] ?? 0)]);
  expect(added(between, after)).toEqual(added(before, between));
  expect(at.queued).toEqual([]);
});

test('X-01: a number is nobody’s where nothing sends text messages, and gets its code where something does', async () => {
  const path = await at.ask(NUMBER);
  expect(await at.codeOf(path)).toBeNull();
  await using withSms = await openIntake({ takesNumbers: true });
  const sent = await withSms.ask(NUMBER);
  const answer = await withSms.post(sent, { code: (await withSms.codeOf(sent)) ?? '' });
  expect(answer.status).toBe(303);
  expect(await withSms.prisma.dataSubjectRequest.findFirstOrThrow()).toMatchObject({
    subjectId: 'ann',
    identityEvidence: { method: 'CODE', to: 'PHONE' },
  });
});

test('nobody is let in who guesses the code that went nowhere', async () => {
  const path = await at.ask('nobody@example.org');
  const { id, tenantId, requestId } = await at.prisma.identityChallenge.findFirstOrThrow({
    where: { requestId: path.split('/')[3] ?? '' },
  });
  // As if somebody had guessed it: the digest of a code that the test knows.
  await at.prisma.identityChallenge.update({
    where: { tenantId_id: { tenantId, id } },
    data: { codeDigest: at.desk.codes.digest([tenantId, requestId, id], '12345678') },
  });
  expect((await at.post(path, { code: '12345678' })).status).toBe(400);
});
