import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../../src/catalogue/vocabulary.ts';
import { itemOf } from '../../src/policy/book.ts';
import { dispositionOf } from '../../src/policy/disposition.ts';
import { addPerson, owned } from '../graphql/people.ts';
import { dispositionsOf, EVERY_BUNDLE, idsIn, openStage, policies, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

async function addRecording(
  subjectId: string,
  id: string,
  recordedAt: string,
  retentionPeriod: string | null,
): Promise<void> {
  const { key, bytes, sha256 } = await at.sources.blobs.put('cn', Readable.from([Buffer.from(`audio of ${id}`)]));
  await at.prisma.callRecord.create({
    data: {
      ...owned('cn', subjectId, `call-${id}`),
      counterpartNumber: '+31209998877',
      startedAt: new Date(recordedAt),
    },
  });
  await at.prisma.recording.create({
    data: {
      ...owned('cn', subjectId, id),
      callId: `call-${id}`,
      recordedAt: new Date(recordedAt),
      recordedParties: 'BOTH',
      retentionPeriod,
      fileName: `${id}.wav`,
      contentType: 'audio/wav',
      bytes: BigInt(bytes),
      sha256,
      blobKey: key,
    },
  });
}

test('AS-30 recordings go when their campaign says, or after ninety days', async () => {
  await addPerson(at.prisma, 'cn', 'rec');
  await addRecording('rec', 'unset', '2026-08-20T10:00:00Z', null);
  await addRecording('rec', 'half-year', '2026-08-20T10:00:00Z', 'P180D');
  await addRecording('rec', 'month', '2026-10-15T10:00:00Z', 'P30D');
  expect((await at.sweep('cn')).deleted).toEqual({ recordings: 2 });

  for (const [scope, format] of EVERY_BUNDLE) {
    const bundle = await at.export('cn', 'rec', scope, format);
    const [recording, ...others] = bundle.data.get('recordings') ?? [];
    expect(others).toEqual([]);
    expect(recording).toMatchObject({
      id: 'half-year',
      retentionPeriod: 'P180D',
      retentionStatus: 'LIVE',
      file: format === 'ZIP' ? 'files/recordings/half-year.wav' : null,
    });
    expect(new Date(String(recording?.['retentionExpiresAt'])).toISOString()).toBe('2027-02-16T10:00:00.000Z');
    expect(bundle.entries.get('files/recordings/half-year.wav')?.toString()).toBe(
      format === 'ZIP' ? 'audio of half-year' : undefined,
    );
    expect(bundle.manifest.items.find(({ id }) => id === 'CN-12')?.retention.text).toMatch(
      /P90D after recording\.recordedAt unless recording\.retentionPeriod says otherwise/,
    );
    expect(bundle.text).not.toMatch(/audio of (?:unset|month)|unset\.wav|month\.wav/);
  }
});

test('AS-32 of a call with everything, the account holder carries what was observed and is told what was made of it', async () => {
  await addPerson(at.prisma, 'cn', 'acc');
  await at.prisma.campaign.create({ data: { ...owned('cn', 'acc', 'camp'), name: 'Spring campaign' } });
  await addRecording('acc', 'full', '2026-11-10T10:00:00Z', 'P90D');
  await at.prisma.callRecord.update({
    where: { tenantId_id: { tenantId: 'cn', id: 'call-full' } },
    data: { campaignId: 'camp' },
  });
  await at.prisma.transcript.create({
    data: {
      ...owned('cn', 'acc', 'script'),
      callId: 'call-full',
      recordingId: 'full',
      text: 'words that a machine heard',
      createdAt: new Date('2026-11-10T10:05:00Z'),
    },
  });
  await at.prisma.callAnalysis.create({
    data: {
      ...owned('cn', 'acc', 'concl'),
      callId: 'call-full',
      outcome: 'INTERESTED-42',
      leadScore: 0.8731,
      analysis: { mood: 'sunny' },
      outcomeClassification: 'WARM-17',
    },
  });

  for (const format of ['ZIP', 'JSON'] as const) {
    const portable = await at.export('cn', 'acc', 'PORTABILITY', format);
    const [call] = portable.data.get('call-records') ?? [];
    expect(call).toMatchObject({ counterpartNumber: '+31209998877', campaignId: 'camp', thirdParty: true });
    expect(new Date(String(call?.['startedAt'])).toISOString()).toBe('2026-11-10T10:00:00.000Z');
    expect(portable.data.get('campaigns')).toMatchObject([{ name: 'Spring campaign' }]);
    expect(portable.data.get('recordings')).toMatchObject([{ id: 'full', thirdParty: true }]);
    if (format === 'ZIP') expect(portable.entries.get('files/recordings/full.wav')?.toString()).toBe('audio of full');
    expect(portable.text).not.toMatch(/words that a machine heard|INTERESTED-42|0\.8731|sunny|WARM-17/);
    for (const [item, reason] of [
      ['CN-13', 'DERIVED'],
      ['CN-14', 'INFERRED'],
      ['CN-18', 'ABOUT_ANOTHER_PERSON'],
    ]) {
      expect(portable.manifest.omissions).toContainEqual(expect.objectContaining({ item, reason, count: 1 }));
    }

    const access = await at.export('cn', 'acc', 'ACCESS', format);
    expect(access.data.get('transcripts')).toMatchObject([{ text: 'words that a machine heard' }]);
    expect(access.data.get('call-analyses')).toMatchObject([{ outcome: 'INTERESTED-42' }]);
    expect(access.text).not.toContain('0.8731');
    expect(dispositionsOf(access, 'CN-18')).toContainEqual(
      expect.objectContaining({ kind: 'WITHHOLD', reason: 'ABOUT_ANOTHER_PERSON', relation: 'ACCOUNT_HOLDER' }),
    );
  }

  // Towards the callee a person first decides who the controller is; then the score is the callee's to know.
  const policy = policies.policyOf('CN');
  const score = itemOf(policy, 'analysis.leadScore');
  if (score === null) throw new Error('CN names a lead score');
  const fateOf = (scope: Scope, review: 'OPERATOR_IS_CONTROLLER' | null) =>
    dispositionOf({
      policy,
      item: score,
      relation: 'CALL_COUNTERPARTY',
      scope,
      instruction: null,
      contractAlive: true,
      review,
    });
  expect(fateOf('ACCESS', null)).toMatchObject({ kind: 'ROUTE', status: 'NEEDS_REVIEW', to: 'the customer' });
  expect(fateOf('ACCESS', 'OPERATOR_IS_CONTROLLER')).toMatchObject({ kind: 'INCLUDE', article: '15' });
  expect(fateOf('PORTABILITY', 'OPERATOR_IS_CONTROLLER')).toMatchObject({ kind: 'WITHHOLD' });
});

test('AS-33 tickets go two years after they are closed, open ones never, and notes among staff are not portable', async () => {
  await addPerson(at.prisma, 'cn', 'tik');
  const tickets = [
    ['closed-1', '2024-11-20T00:00:00Z'],
    ['closed-2', '2024-11-25T00:00:00Z'],
    ['open', null],
  ] as const;
  for (const [id, closedAt] of tickets) {
    const createdAt = new Date('2021-03-01T00:00:00Z');
    const closed = closedAt === null ? null : new Date(closedAt);
    await at.prisma.supportTicket.create({
      data: {
        ...owned('cn', 'tik', id),
        subject: id,
        status: closed === null ? 'OPEN' : 'CLOSED',
        createdAt,
        closedAt: closed,
        lastInteractionAt: createdAt,
      },
    });
    await at.prisma.message.create({
      data: {
        ...owned('cn', 'tik', `${id}-own`),
        ticketId: id,
        channel: 'EMAIL',
        authorKind: 'SUBJECT',
        body: `asked in ${id}`,
        sentAt: createdAt,
      },
    });
    await at.prisma.message.create({
      data: {
        ...owned('cn', 'tik', `${id}-note`),
        ticketId: id,
        channel: 'OTHER',
        authorKind: 'AGENT',
        visibility: 'INTERNAL',
        body: `noted in ${id}`,
        sentAt: createdAt,
      },
    });
  }
  expect((await at.sweep('cn')).deleted).toEqual({ 'support-tickets': 1, messages: 2 });

  for (const [scope, format] of EVERY_BUNDLE) {
    const bundle = await at.export('cn', 'tik', scope, format);
    const kept = bundle.data.get('support-tickets') ?? [];
    expect(kept.map(({ id }) => String(id)).toSorted()).toEqual(['closed-2', 'open']);
    const expiries = Object.fromEntries(
      kept.map(({ id, retentionExpiresAt: end }) => [id, typeof end === 'string' ? new Date(end).toISOString() : end]),
    );
    expect(expiries).toEqual({ 'closed-2': '2026-11-25T00:00:00.000Z', open: null });
    expect(bundle.text).not.toMatch(/closed-1/);
    const messages = idsIn(bundle, 'messages').map(String).toSorted();
    if (scope === 'PORTABILITY') expect(messages).toEqual(['closed-2-own', 'open-own']);
    else expect(messages).toEqual(['closed-2-note', 'closed-2-own', 'open-note', 'open-own']);
    expect(/noted in/.test(bundle.text)).toBe(scope === 'ACCESS');
  }
});
