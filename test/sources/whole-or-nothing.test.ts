import { describe, expect, test } from 'vitest';
import { lines, openDesk } from './desk.ts';

const consent = (id: string, more: object = {}): object => ({
  dataset: 'consents',
  id,
  subject: { email: 'ada@example.com' },
  category: 'MARKETING',
  purpose: 'News',
  status: 'GRANTED',
  ...more,
});

describe('an import', () => {
  test('changes nothing the second time, and says what a change is', async () => {
    await using desk = await openDesk();
    const file = lines(consent('1'), consent('2'), { ...consent('3'), id: undefined });
    expect((await desk.take('ndjson', 'a.ndjson', file)).byDataset['consents']).toEqual({
      inserted: 3,
      updated: 0,
      unchanged: 0,
    });
    const before = await desk.everything();
    expect((await desk.take('ndjson', 'a.ndjson', file)).byDataset['consents']).toEqual({
      inserted: 0,
      updated: 0,
      unchanged: 3,
    });
    expect(await desk.everything()).toBe(before);
    expect(
      (await desk.take('ndjson', 'a.ndjson', lines(consent('1', { status: 'WITHDRAWN' }), consent('2')))).byDataset[
        'consents'
      ],
    ).toEqual({ inserted: 0, updated: 1, unchanged: 1 });
  });

  test('writes nothing when one record is bad, and the others with skipBad', async () => {
    await using desk = await openDesk();
    const file = lines(consent('1'), consent('2', { status: 'MAYBE' }), consent('3'));
    expect(await desk.refuse('ndjson', 'a.ndjson', file)).toEqual([
      { path: 'a.ndjson:2', reason: 'status must be one of GRANTED, WITHDRAWN, REFUSED' },
    ]);
    expect(await desk.rows('SELECT FROM subject')).toEqual([]);
    expect(await desk.take('ndjson', 'a.ndjson', file, { skipBad: true })).toMatchObject({
      rows: 3,
      badCount: 1,
      byDataset: { consents: { inserted: 2 } },
    });
  });

  test('takes a row twice in one file once, and refuses two rows of one id', async () => {
    await using desk = await openDesk();
    expect(
      (await desk.take('ndjson', 'a.ndjson', lines(consent('1'), consent('1')))).byDataset['consents'],
    ).toMatchObject({ inserted: 1 });
    const faults = await desk.refuse('ndjson', 'a.ndjson', lines(consent('5'), consent('5', { purpose: 'Other' })));
    expect(faults).toEqual([
      { path: 'a.ndjson:2', reason: 'the consents row has the id of another row of the file, and other content' },
    ]);
  });

  test('lets what hangs off a refused record fall with it', async () => {
    await using desk = await openDesk();
    const invoice = {
      dataset: 'invoices',
      subject: { email: 'ada@example.com' },
      issuedAt: '2026-01-01T00:00:00Z',
      amountMinor: 1,
      currency: 'EUR',
      paymentStatus: 'OPEN',
    };
    const report = await desk.take(
      'ndjson',
      'a.ndjson',
      lines(
        { ...invoice, id: 'i', subscriptionId: 'gone' },
        {
          dataset: 'invoice-lines',
          id: 'l',
          subject: { email: 'ada@example.com' },
          invoiceId: 'i',
          amountMinor: 1,
          currency: 'EUR',
        },
        { ...invoice, id: 'j' },
      ),
      { skipBad: true },
    );
    expect(report.bad.map(({ path }) => path)).toEqual(['a.ndjson:1', 'a.ndjson:2']);
    expect(report.byDataset).toEqual({ invoices: { inserted: 1, updated: 0, unchanged: 0 } });
  });

  test('lists a thousand bad records and counts all', async () => {
    await using desk = await openDesk();
    const report = await desk.take('ndjson', 'a.ndjson', 'x\n'.repeat(1500), { skipBad: true });
    expect(report).toMatchObject({ rows: 1500, badCount: 1500 });
    expect(report.bad).toHaveLength(1000);
  });

  test('leaves nothing when it is cancelled', async () => {
    await using desk = await openDesk();
    const controller = new AbortController();
    const file = lines(...Array.from({ length: 5000 }, (_, index) => consent(String(index))));
    const run = desk.take('ndjson', 'a.ndjson', file, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await desk.rows('SELECT FROM subject')).toEqual([]);
  });

  test('tells its progress up to the last byte', async () => {
    await using desk = await openDesk();
    const seen: { rows: number; bytes: number; totalBytes: number }[] = [];
    await desk.take(
      'ndjson',
      'a.ndjson',
      lines(...Array.from({ length: 5000 }, (_, index) => consent(String(index)))),
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toMatchObject({ rows: 5000 });
    expect(seen.at(-1)?.bytes).toBe(seen.at(-1)?.totalBytes);
  });

  test('refuses unknown tenants, kinds and files, and a document that is cut short', async () => {
    await using desk = await openDesk();
    await expect(desk.take('ndjson', 'a.ndjson', '', { tenant: 'nobody' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(desk.take('sql', 'a.sql', '')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(
      desk.take('ndjson', '../no/such/folder/a', '').catch((error: unknown) => error),
    ).resolves.toBeInstanceOf(Error);
    expect(await desk.refuse('stripe', 'a.json', '[{"id":"cus_1","object":"customer"},')).toEqual([
      { path: 'a.json', reason: 'the document is not JSON, or is cut short' },
    ]);
    expect(await desk.rows('SELECT FROM subject')).toEqual([]);
  });
});
