import { describe, expect, test } from 'vitest';
import { lines, openDesk } from './desk.ts';

const freshdesk = {
  id: 20,
  subject: 'No sound',
  description: '<div>There is no sound</div>',
  description_text: 'There is no sound',
  status: 5,
  source: 1,
  requester_id: 501,
  requester: { id: 501, name: 'Ada', email: 'ada@example.com' },
  created_at: '2026-11-01T10:00:00Z',
  updated_at: '2026-11-09T10:00:00Z',
  stats: { resolved_at: '2026-11-03T10:00:00Z', closed_at: '2026-11-04T10:00:00Z' },
  attachments: [{ id: 1, name: 'log.txt', content_type: 'text/plain', size: 12 }],
  conversations: [
    {
      id: 31,
      user_id: 900,
      body_text: 'Have you tried the other port?',
      incoming: false,
      private: false,
      created_at: '2026-11-02T10:00:00Z',
      attachments: [],
    },
    {
      id: 32,
      user_id: 900,
      body_text: 'CANARY note among staff',
      incoming: false,
      private: true,
      created_at: '2026-11-08T10:00:00Z',
      attachments: [{ id: 2, name: 'internal.png', content_type: 'image/png', size: 9 }],
    },
    {
      id: 33,
      user_id: 501,
      body_text: 'Yes, thanks',
      incoming: true,
      private: false,
      created_at: '2026-11-05T10:00:00Z',
      attachments: [],
    },
    {
      id: 34,
      user_id: 777,
      body_text: 'I have the same',
      incoming: true,
      private: false,
      created_at: '2026-11-05T11:00:00Z',
      attachments: [],
    },
  ],
};

describe('Freshdesk tickets', () => {
  test.each([
    ['one object', JSON.stringify(freshdesk, null, 2)],
    ['an array', JSON.stringify([freshdesk])],
    ['lines', lines(freshdesk)],
    ['a page', JSON.stringify({ results: [freshdesk], total: 1 })],
  ])('are read from %s, with private notes as internal', async (_name, content) => {
    await using desk = await openDesk();
    await desk.take('freshdesk', 'a.json', content, { tenant: 'CX' });
    expect(await desk.rows('SELECT author_kind, visibility, channel, body FROM message ORDER BY sent_at')).toEqual([
      { author_kind: 'SUBJECT', visibility: 'PUBLIC', channel: 'EMAIL', body: 'There is no sound' },
      { author_kind: 'AGENT', visibility: 'PUBLIC', channel: 'EMAIL', body: 'Have you tried the other port?' },
      { author_kind: 'SUBJECT', visibility: 'PUBLIC', channel: 'EMAIL', body: 'Yes, thanks' },
      { author_kind: 'THIRD_PARTY', visibility: 'PUBLIC', channel: 'EMAIL', body: 'I have the same' },
      { author_kind: 'AGENT', visibility: 'INTERNAL', channel: 'EMAIL', body: 'CANARY note among staff' },
    ]);
    expect(
      await desk.rows('SELECT author_kind, visibility, file_name, bytes FROM message_attachment ORDER BY file_name'),
    ).toEqual([
      { author_kind: 'AGENT', visibility: 'INTERNAL', file_name: 'internal.png', bytes: '9' },
      { author_kind: 'SUBJECT', visibility: 'PUBLIC', file_name: 'log.txt', bytes: '12' },
    ]);
  });

  test('keep their own closing time, and count no note among staff as interaction', async () => {
    await using desk = await openDesk();
    await desk.take('freshdesk', 'a.json', JSON.stringify(freshdesk), { tenant: 'CN' });
    expect(await desk.rows('SELECT status, closed_at, last_interaction_at FROM support_ticket')).toEqual([
      {
        status: 'CLOSED',
        closed_at: new Date('2026-11-04T10:00:00Z'),
        last_interaction_at: new Date('2026-11-05T11:00:00Z'),
      },
    ]);
  });

  test('hold on to the first closing time that was assumed', async () => {
    await using desk = await openDesk();
    const { stats: _, ...bare } = freshdesk;
    const report = await desk.take('freshdesk', 'a.json', JSON.stringify(bare), { tenant: 'CN' });
    expect(report.assumed).toEqual({ 'support-tickets.closedAt': 1 });
    await desk.take('freshdesk', 'a.json', JSON.stringify({ ...bare, updated_at: '2026-11-20T10:00:00Z' }), {
      tenant: 'CN',
    });
    expect(await desk.rows('SELECT closed_at FROM support_ticket')).toEqual([
      { closed_at: new Date('2026-11-09T10:00:00Z') },
    ]);
  });

  test('are stored and reported as undeclared where the policy names no tickets', async () => {
    await using desk = await openDesk();
    const report = await desk.take('freshdesk', 'a.json', JSON.stringify(freshdesk), { tenant: 'CP' });
    expect(report.undeclared).toEqual(['message-attachments', 'messages', 'support-tickets']);
  });
});

describe('Zendesk tickets', () => {
  const page = {
    tickets: [
      {
        id: 35,
        subject: 'Help',
        description: 'First',
        status: 'solved',
        requester_id: 11,
        collaborator_ids: [13],
        via: { channel: 'chat' },
        created_at: '2026-11-01T10:00:00Z',
        updated_at: '2026-11-09T10:00:00Z',
        metric_set: { solved_at: '2026-11-03T10:00:00Z' },
        comments: [
          { id: 1, author_id: 11, body: 'First', public: true, created_at: '2026-11-01T10:00:00Z', attachments: [] },
          {
            id: 2,
            author_id: 12,
            body: 'CANARY note',
            public: false,
            created_at: '2026-11-02T10:00:00Z',
            attachments: [],
          },
          { id: 3, author_id: 13, body: 'Me too', public: true, created_at: '2026-11-02T11:00:00Z', attachments: [] },
          { id: 4, author_id: -1, body: 'Merged', public: true, created_at: '2026-11-02T12:00:00Z', attachments: [] },
        ],
      },
    ],
    users: [
      { id: 11, email: 'ada@example.com', role: 'end-user' },
      { id: 12, email: 'agent@example.com', role: 'agent' },
    ],
  };

  test('know requesters by the users beside them, even after the tickets', async () => {
    await using desk = await openDesk();
    await desk.take(
      'ndjson',
      'account.ndjson',
      lines({ dataset: 'account', id: 'ada', email: 'ada@example.com', createdAt: '2026-01-01T00:00:00Z' }),
      { tenant: 'CN' },
    );
    const report = await desk.take('zendesk', 'a.json', JSON.stringify(page, null, 1), { tenant: 'CN' });
    expect(report).toMatchObject({ subjectsCreated: 0, ignored: { 'user (staff)': 1 } });
    expect(await desk.rows('SELECT author_kind, visibility, channel, body FROM message ORDER BY sent_at')).toEqual([
      { author_kind: 'SUBJECT', visibility: 'PUBLIC', channel: 'CHAT', body: 'First' },
      { author_kind: 'AGENT', visibility: 'INTERNAL', channel: 'CHAT', body: 'CANARY note' },
      { author_kind: 'THIRD_PARTY', visibility: 'PUBLIC', channel: 'CHAT', body: 'Me too' },
      { author_kind: 'SYSTEM', visibility: 'PUBLIC', channel: 'CHAT', body: 'Merged' },
    ]);
    expect(await desk.rows('SELECT status, closed_at FROM support_ticket')).toEqual([
      { status: 'RESOLVED', closed_at: new Date('2026-11-03T10:00:00Z') },
    ]);
    expect(await desk.everything()).not.toContain('agent@example.com');
  });
});
