import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW } from '../graphql/open-gateway.ts';
import { addCalls, addPerson, owned, privacyStaff, subject } from '../graphql/people.ts';
import { act, fileRequest, readRequest, seen } from '../requests/asking.ts';
import { openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

/*
 * The part of AS-07 that there is: erasure is asked for, put before a person with its clock, and answered by hand with what a law
 * keeps and until when. What follows is the erasure itself, of account and calls: until then staff erase in the systems where the
 * data come from, and nothing here is erased because somebody asked.
 */
test('AS-07 an erasure is received, timed and answered by hand, and the invoice of 2019-11-23 is shown as kept by Dutch tax law', async () => {
  const hugo = subject('cp', 'hugo');
  await addPerson(at.prisma, 'cp', 'hugo');
  await addCalls(at.prisma, 'cp', 'hugo', 4);
  await at.prisma.invoice.create({
    data: {
      ...owned('cp', 'hugo', 'inv-2019'),
      issuedAt: new Date('2019-11-23T00:00:00Z'),
      amountMinor: 1000n,
      currency: 'EUR',
      paymentStatus: 'PAID',
    },
  });
  await at.prisma.legalHold.create({
    data: {
      ...owned('cp', 'hugo', 'hold-2019'),
      dataset: 'invoices',
      rowId: 'inv-2019',
      reason: 'Dutch tax law (AWR art. 52)',
      until: new Date('2026-11-23T00:00:00Z'),
    },
  });

  const request = seen(await fileRequest(at, hugo, { right: 'ERASURE', details: 'All of it, please' }));
  expect(request).toMatchObject({ status: 'NEEDS_REVIEW', bundle: null });
  expect(Date.parse(request.dueAt)).toBeGreaterThan(NOW.getTime());
  const told = await at.prisma.notice.findMany({ where: { requestId: request.id, channel: 'MAIL' } });
  expect(told.map(({ kind, identifierId }) => [kind, identifierId])).toEqual([['REQUEST_RECEIVED', 'email_hugo']]);

  // The sweep on 2026-11-22 erases what is over by the policy, and nothing of this: not for having been asked for either.
  await at.sweep('cp');
  const { data, errors } = await at.ask(
    hugo,
    '{ viewer { subject { invoices { nodes { id retention { status expiresAt text } } } legalHolds { dataset reason until } calls { totalCount } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    viewer: {
      subject: {
        invoices: {
          nodes: [
            {
              retention: {
                status: 'LIVE',
                expiresAt: '2026-11-23T00:00:00.000Z',
                text: expect.stringContaining('required by Dutch tax law'),
              },
            },
          ],
        },
        legalHolds: [{ dataset: 'invoices', reason: 'Dutch tax law (AWR art. 52)', until: '2026-11-23T00:00:00.000Z' }],
        calls: { totalCount: 4 },
      },
    },
  });

  const answer =
    'Your account and calls were erased. One invoice is kept until 2026-11-23: Dutch tax law (AWR art. 52).';
  expect(seen(await act(at, privacyStaff('cp'), 'answerRequest', request.id, { answer })).status).toBe('DELIVERED');
  expect(seen(await readRequest(at, hugo, request.id))).toMatchObject({ status: 'DELIVERED', answer });
  expect(await at.prisma.account.count({ where: { subjectId: 'hugo' } })).toBe(1);
});
