import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutChance } from '../bundle/unpack.ts';
import { addPerson, owned } from '../graphql/people.ts';
import { dispositionsOf, EVERY_BUNDLE, idsIn, openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

async function addTicket(subjectId: string, id: string, lastInteractionAt: string): Promise<void> {
  const last = new Date(lastInteractionAt);
  await at.prisma.supportTicket.create({
    data: {
      ...owned('cx', subjectId, id),
      subject: id,
      status: 'CLOSED',
      createdAt: last,
      closedAt: last,
      lastInteractionAt: last,
    },
  });
  await at.prisma.message.create({
    data: {
      ...owned('cx', subjectId, `${id}-m`),
      ticketId: id,
      channel: 'EMAIL',
      authorKind: 'SUBJECT',
      body: `words of ${id}`,
      sentAt: last,
    },
  });
}

test('AS-14 correspondence goes two years after the last word, and only the sweep takes it', async () => {
  await addPerson(at.prisma, 'cx', 'tia');
  await addTicket('tia', 'thread-old', '2024-11-20T00:00:00Z');
  await addTicket('tia', 'thread-new', '2024-11-24T00:00:00Z');
  expect(idsIn(await at.export('cx', 'tia', 'ACCESS'), 'support-tickets')).toEqual(['thread-old', 'thread-new']);

  const { deleted } = await at.sweep('cx');
  expect(deleted).toEqual({ 'support-tickets': 1, messages: 1 });
  for (const [scope, format] of EVERY_BUNDLE) {
    const bundle = await at.export('cx', 'tia', scope, format);
    const [ticket, ...others] = bundle.data.get('support-tickets') ?? [];
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ id: 'thread-new', retentionMax: false, retentionStatus: 'LIVE' });
    expect(new Date(String(ticket?.['retentionExpiresAt'])).toISOString()).toBe('2026-11-24T00:00:00.000Z');
    expect(idsIn(bundle, 'messages')).toEqual(['thread-new-m']);
    expect(bundle.text).not.toContain('thread-old');
  }
});

describe('AS-16 a licensee’s contact', () => {
  beforeAll(async () => {
    await addPerson(at.prisma, 'cx', 'lic', { fullName: 'Lee Licensee', email: 'lee@licensee.example' });
    await at.prisma.organisation.create({
      data: { tenantId: 'cx', id: 'licensee', sourceSystem: 'test', name: 'Licensee Ltd' },
    });
    await at.prisma.membership.create({
      data: { ...owned('cx', 'lic', 'of_lic'), organisationId: 'licensee', role: 'ADMIN' },
    });
    await at.prisma.licenceAgreement.create({
      data: {
        tenantId: 'cx',
        id: 'agreement',
        sourceSystem: 'test',
        organisationId: 'licensee',
        startedAt: new Date('2025-01-01T00:00:00Z'),
      },
    });
  });

  test('gets JSON files in an archive', async () => {
    const { entries, data, manifest } = await at.export('cx', 'lic', 'PORTABILITY', 'ZIP');
    const tables = [...data.keys()];
    expect(tables).toEqual(expect.arrayContaining(['account', 'organisations']));
    for (const name of tables)
      expect(entries.has(`data/${name}.json`) || entries.has(`data/${name}.ndjson`), name).toBe(true);
    expect(data.get('organisations')).toMatchObject([{ name: 'Licensee Ltd' }]);
    expect(manifest).toMatchObject({ container: 'ZIP' });
  });

  test('may always have one JSON document instead, with the same rows', async () => {
    const [zip, json] = [
      await at.export('cx', 'lic', 'PORTABILITY', 'ZIP'),
      await at.export('cx', 'lic', 'PORTABILITY', 'JSON'),
    ];
    expect([...json.data]).toEqual([...zip.data]);
    expect([...json.schemas]).toEqual([...zip.schemas]);
    expect(json.manifest).toMatchObject({ container: 'JSON' });
  });
});

test('AS-17 what the subject wrote is portable; what staff noted about a call is told', async () => {
  await addPerson(at.prisma, 'cx', 'nia');
  const sentAt = new Date('2026-11-01T09:00:00Z');
  await at.prisma.message.create({
    data: { ...owned('cx', 'nia', 'mail'), channel: 'EMAIL', authorKind: 'SUBJECT', body: 'My own question', sentAt },
  });
  await at.prisma.communication.create({
    data: { ...owned('cx', 'nia', 'note'), kind: 'ONBOARDING_NOTE', body: 'Seemed unsure', sentAt },
  });

  for (const format of ['ZIP', 'JSON'] as const) {
    const access = await at.export('cx', 'nia', 'ACCESS', format);
    expect(access.data.get('messages')).toMatchObject([{ body: 'My own question' }]);
    expect(access.data.get('communications')).toMatchObject([{ body: 'Seemed unsure' }]);
    // Nothing computable, so the row has no date; the words say that the policy has none.
    expect(access.data.get('communications')?.[0]).not.toHaveProperty('retentionExpiresAt');
    expect(access.manifest.items.find(({ id }) => id === 'CX-20')?.retention.text).toContain('not stated');
    const portable = await at.export('cx', 'nia', 'PORTABILITY', format);
    expect(portable.data.get('messages')).toMatchObject([{ body: 'My own question' }]);
    expect(portable.text).not.toContain('Seemed unsure');
    expect(portable.manifest.omissions).toContainEqual(
      expect.objectContaining({ dataset: 'communications', item: 'CX-20', reason: 'GENERATED', count: 1 }),
    );
    expect(dispositionsOf(portable, 'CX-20')).toMatchObject([{ kind: 'WITHHOLD', reason: 'GENERATED' }]);
  }
});

test.each(EVERY_BUNDLE)(
  'AS-19 a card and an account number in a support e-mail are masked and counted (%s %s)',
  async (scope, format) => {
    const id = `pay-${scope}-${format}`.toLowerCase();
    await addPerson(at.prisma, 'cx', id);
    const body = 'Please charge 4242 4242 4242 4242\nor take it from\nNL91 ABNA 0417 1643 00\nThanks, Pat';
    await at.prisma.message.create({
      data: {
        ...owned('cx', id, `mail-${id}`),
        channel: 'EMAIL',
        authorKind: 'SUBJECT',
        body,
        sentAt: new Date('2026-11-01T09:00:00Z'),
      },
    });
    const bundle = await at.export('cx', id, scope, format);
    expect(bundle.data.get('messages')).toMatchObject([
      { body: 'Please charge [redacted: card number]\nor take it from\n[redacted: bank account]\nThanks, Pat' },
    ]);
    expect(withoutChance(bundle.text)).not.toMatch(/4242|ABNA|0417/);
    expect(bundle.manifest.redactions.toSorted((a, b) => a.rule.localeCompare(b.rule))).toEqual([
      { dataset: 'messages', rule: 'BANK_ACCOUNT', count: 1 },
      { dataset: 'messages', rule: 'CARD_NUMBER', count: 1 },
    ]);
  },
);
