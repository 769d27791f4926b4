import { describe, expect, test } from 'vitest';
import { lines, openDesk } from './desk.ts';

const account = (id: string, email: string, more: object = {}): object => ({
  dataset: 'account',
  id,
  email,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});

describe('subjects', () => {
  test('of one name and one e-mail domain stay apart', async () => {
    await using desk = await openDesk();
    const report = await desk.take(
      'ndjson',
      'a.ndjson',
      lines(
        account('1', 'j.jansen@firm.example', { fullName: 'Jan Jansen' }),
        account('2', 'jan@firm.example', { fullName: 'Jan Jansen' }),
      ),
    );
    expect(report.subjectsCreated).toBe(2);
  });

  test('are found by the same address however it is written', async () => {
    await using desk = await openDesk();
    await desk.take('ndjson', 'a.ndjson', lines(account('1', 'jose\u0301@Example.com')));
    const report = await desk.take(
      'stripe',
      'b.ndjson',
      lines({ id: 'cus_1', object: 'customer', email: ' JOS\u00C9@example.COM ' }),
    );
    expect(report.subjectsCreated).toBe(0);
    expect(await desk.rows('SELECT DISTINCT subject_id FROM subject_identifier')).toHaveLength(1);
  });

  test('are not joined by a record whose identifiers lead to two of them', async () => {
    await using desk = await openDesk();
    await desk.take(
      'stripe',
      'a.ndjson',
      lines(
        { id: 'cus_1', object: 'customer', email: 'one@example.com' },
        { id: 'cus_2', object: 'customer', email: 'two@example.com' },
      ),
    );
    const faults = await desk.refuse(
      'stripe',
      'b.ndjson',
      lines({ id: 'cus_1', object: 'customer', email: 'two@example.com' }),
    );
    expect(faults).toEqual([
      {
        path: 'b.ndjson:1',
        reason: 'the identifiers of one person lead to 2 different people (CUSTOMER_ID and EMAIL)',
      },
    ]);
  });

  test('of another tenant are not found', async () => {
    await using desk = await openDesk();
    await desk.take('ndjson', 'a.ndjson', lines(account('1', 'ada@example.com')), { tenant: 'CP' });
    const report = await desk.take('ndjson', 'a.ndjson', lines(account('1', 'ada@example.com')), { tenant: 'CX' });
    expect(report.subjectsCreated).toBe(1);
  });

  test('have one account', async () => {
    await using desk = await openDesk();
    const faults = await desk.refuse(
      'ndjson',
      'a.ndjson',
      lines(account('1', 'ada@example.com'), { ...account('2', 'ada@example.com'), subject: { accountId: '1' } }),
    );
    expect(faults).toEqual([{ path: 'a.ndjson:2', reason: 'the person has another account already' }]);
  });

  test('whom only a refused record named are not created', async () => {
    await using desk = await openDesk();
    const consent = { dataset: 'consents', category: 'MARKETING', purpose: 'News', status: 'GRANTED' };
    const report = await desk.take(
      'ndjson',
      'a.ndjson',
      lines(
        { ...consent, id: 'c', subject: { email: 'one@example.com' } },
        { ...consent, id: 'c', purpose: 'Other', subject: { email: 'two@example.com' } },
      ),
      { skipBad: true },
    );
    expect(report).toMatchObject({ subjectsCreated: 1, badCount: 1 });
    expect(await desk.everything()).not.toContain('two@example.com');
  });
});
