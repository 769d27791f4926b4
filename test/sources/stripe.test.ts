import { describe, expect, test } from 'vitest';
import { lines, openDesk } from './desk.ts';

const customer = {
  id: 'cus_1',
  object: 'customer',
  email: ' Ada@Example.COM ',
  name: 'Ada Example',
  phone: '020 123 4567',
  address: { line1: 'Straat 1', city: 'Delft', postal_code: '2600 AA', country: 'NL' },
  default_source: { id: 'card_1', object: 'card', last4: '4242', exp_year: 2031 },
};
const subscription = {
  id: 'sub_1',
  object: 'subscription',
  customer: 'cus_1',
  status: 'past_due',
  items: {
    object: 'list',
    data: [
      {
        current_period_start: 1793491200,
        current_period_end: 1796083200,
        price: { object: 'price', nickname: null, lookup_key: 'pro', product: 'prod_1' },
      },
    ],
  },
};
const invoice = {
  id: 'in_1',
  object: 'invoice',
  customer: { id: 'cus_1', object: 'customer', email: 'ada@example.com' },
  number: 'A-1',
  created: 1793491200,
  currency: 'eur',
  total: 2900,
  status: 'paid',
  parent: { subscription_details: { subscription: 'sub_1' } },
  default_payment_method: { id: 'pm_1', object: 'payment_method', card: { last4: '4242' } },
  lines: {
    object: 'list',
    data: [{ id: 'il_1', object: 'line_item', amount: 2900, currency: 'eur', description: 'Pro', quantity: 1 }],
  },
};
const charge = {
  id: 'ch_1',
  object: 'charge',
  customer: 'cus_1',
  amount: 2900,
  currency: 'eur',
  created: 1793491260,
  status: 'succeeded',
  invoice: 'in_1',
  payment_method_details: { type: 'card', card: { last4: '4242', fingerprint: 'CANARYFINGERPRINT' } },
  source: { id: 'card_1', object: 'card', last4: '4242' },
};
const objects = [charge, invoice, subscription, customer];

describe('Stripe objects', () => {
  test('become a subject with references, a subscription, invoices with lines, and payments', async () => {
    await using desk = await openDesk();
    const report = await desk.take('stripe', 'a.ndjson', lines(...objects, { id: 'prod_1', object: 'product' }));
    expect(report).toMatchObject({ rows: 5, subjectsCreated: 1, ignored: { product: 1 } });
    expect(await desk.rows('SELECT kind, value FROM subject_identifier ORDER BY kind')).toEqual([
      { kind: 'EMAIL', value: 'ada@example.com' },
      { kind: 'CUSTOMER_ID', value: 'cus_1' },
    ]);
    expect(await desk.rows('SELECT plan, status, current_period_end FROM subscription')).toEqual([
      { plan: 'pro', status: 'PAST_DUE', current_period_end: new Date(1796083200_000) },
    ]);
    expect(
      await desk.rows(
        'SELECT i.payment_status, i.amount_minor, i.currency, s.plan FROM invoice i JOIN subscription s ON s.id = i.subscription_id',
      ),
    ).toEqual([{ payment_status: 'PAID', amount_minor: '2900', currency: 'EUR', plan: 'pro' }]);
    expect(await desk.rows('SELECT p.status FROM payment p JOIN invoice i ON i.id = p.invoice_id')).toEqual([
      { status: 'PAID' },
    ]);
    expect(report.notNamedByPolicy).toMatchObject({
      'billing-profiles.city': 1,
      'billing-references.transactionId': 1,
      'identifiers.value': 1,
    });
  });

  test.each([
    ['an array', JSON.stringify(objects, null, 2)],
    ['a page of a list', JSON.stringify({ object: 'list', url: '/v1/mixed', has_more: false, data: objects }, null, 2)],
    ['a page of a list on one line', JSON.stringify({ object: 'list', data: objects })],
    [
      'lines of pages',
      lines({ object: 'list', data: objects.slice(0, 2) }, { object: 'list', data: objects.slice(2) }),
    ],
    ['a map of resources', JSON.stringify({ resources: { charge, customer, invoice, subscription } }, null, 2)],
    ['a map without a frame', JSON.stringify({ charge, customer, invoice, subscription }, null, 2)],
  ])('are read from %s', async (_name, content) => {
    await using desk = await openDesk();
    const report = await desk.take('stripe', 'a.json', content);
    expect(report).toMatchObject({
      rows: 4,
      badCount: 0,
      subjectsCreated: 1,
      byDataset: { payments: { inserted: 1 } },
    });
  });

  test('keep a card inside another object out of every table', async () => {
    await using desk = await openDesk();
    for (const tenant of ['CP', 'CX', 'CT', 'CN', 'CR'])
      await desk.take('stripe', 'a.ndjson', lines(...objects), { tenant });
    const everything = await desk.everything();
    expect(everything).toContain('cus_1');
    expect(everything).not.toMatch(/4242|CANARY|card_1|pm_1/);
  });

  test.each(['card', 'bank_account', 'payment_method', 'source', 'token', 'confirmation_token', 'issuing.card'])(
    'refuse a file with a %s at top level',
    async (object) => {
      await using desk = await openDesk();
      const faults = await desk.refuse(
        'stripe',
        'a.ndjson',
        lines(customer, { id: 'x_1', object, number: '4242424242424242', last4: '4242' }),
      );
      expect(faults).toEqual([{ path: 'a.ndjson:2', reason: expect.stringContaining(object) }]);
      expect(JSON.stringify(faults)).not.toContain('4242');
      expect(await desk.rows('SELECT FROM subject')).toEqual([]);
    },
  );

  test('leave the cards out and store the rest with --skip-bad', async () => {
    await using desk = await openDesk();
    const report = await desk.take(
      'stripe',
      'a.ndjson',
      lines(customer, { id: 'card_9', object: 'card', number: '4242424242424242' }),
      { skipBad: true },
    );
    expect(report).toMatchObject({ badCount: 1, subjectsCreated: 1 });
    expect(await desk.everything()).not.toContain('4242');
  });

  test('store the address only where the policy names it, and the transaction where it does', async () => {
    await using desk = await openDesk();
    for (const tenant of ['CP', 'CN', 'CT']) await desk.take('stripe', 'a.ndjson', lines(...objects), { tenant });
    expect(await desk.rows('SELECT tenant_id, city FROM billing_profile')).toEqual([
      { tenant_id: 'CN', city: 'Delft' },
    ]);
    expect(
      await desk.rows('SELECT tenant_id, transaction_id FROM billing_reference WHERE transaction_id IS NOT NULL'),
    ).toEqual([{ tenant_id: 'CT', transaction_id: 'ch_1' }]);
  });

  test('tell what is wrong with an object by its place, never by its values', async () => {
    await using desk = await openDesk();
    const faults = await desk.refuse(
      'stripe',
      'a.ndjson',
      lines(
        customer,
        { ...subscription, status: 'SECRETWORD' },
        { ...invoice, total: 'SECRETWORD' },
        { no: 'object' },
        'text',
      ),
    );
    expect(faults.map(({ path }) => path)).toEqual(['a.ndjson:2', 'a.ndjson:3', 'a.ndjson:4', 'a.ndjson:5']);
    expect(JSON.stringify(faults)).not.toContain('SECRETWORD');
  });

  test('ignore deleted customers and charges of nobody', async () => {
    await using desk = await openDesk();
    const report = await desk.take(
      'stripe',
      'a.ndjson',
      lines({ id: 'cus_2', object: 'customer', deleted: true }, { ...charge, customer: null }),
    );
    expect(report.ignored).toEqual({ 'customer (deleted)': 1, 'charge (without a customer)': 1 });
  });
});
