import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import {
  addPerson,
  administrator,
  auditor,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from '../graphql/people.ts';
import { mayIntrospect } from '../../src/http/introspection.ts';
import { withoutChance } from '../bundle/unpack.ts';
import { EVERY_BUNDLE, openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

const ACTORS: readonly Actor[] = [
  subject('cp', 'hash'),
  privacyStaff('cp'),
  processorStaff('cp'),
  supportAgent('cp'),
  internalApp('cp'),
  auditor('cp'),
  administrator('cp'),
];

describe('AS-02 a password', () => {
  const HASH = '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW';
  beforeAll(() => addPerson(at.prisma, 'cp', 'hash', { fullName: 'Hash', passwordHash: HASH }));

  test.each(EVERY_BUNDLE)('is in no %s %s, though that a hash is held is told', async (scope, format) => {
    const { text, manifest } = await at.export('cp', 'hash', scope, format);
    expect(text).not.toMatch(/\$2[aby]\$/);
    expect(text).not.toContain(HASH.slice(7, 15));
    expect(manifest.omissions).toContainEqual(expect.objectContaining({ item: 'CP-03', reason: 'SECRET', count: 1 }));
  });

  test('has no field in the schema, whoever asks', async () => {
    for (const actor of ACTORS) {
      const { data } = await at.ask(actor, '{ __schema { types { name fields { name } inputFields { name } } } }');
      // Who may not see the schema is told nothing of it.
      const names = JSON.stringify(data ?? null);
      expect(names.includes('"fullName"'), actor.kind).toBe(mayIntrospect(actor));
      expect(names.match(/"[^"]*password[^"]*"/gi), actor.kind).toBeNull();
      const asked = await at.ask(actor, '{ subject(id: "hash") { account { fullName passwordHash } } }');
      expect(asked.data, actor.kind).toBeUndefined();
      expect(JSON.stringify(asked)).not.toMatch(/\$2[aby]\$/);
    }
  });
});

describe('AS-03 a customer of the payment service', () => {
  const card = {
    brand: 'visa',
    last4: '4242',
    exp_month: 4,
    exp_year: 2031,
    fingerprint: 'Xt5EWLLDS7FJjR1c',
    cvc_check: 'pass',
  };
  const objects = [
    {
      id: 'cus_CP0001',
      object: 'customer',
      email: 'ada@example.com',
      name: 'Ada Example',
      default_source: { id: 'card_1', object: 'card', ...card },
    },
    {
      id: 'sub_CP0001',
      object: 'subscription',
      customer: 'cus_CP0001',
      status: 'active',
      items: {
        object: 'list',
        data: [
          {
            current_period_start: 1793491200,
            current_period_end: 1796083200,
            price: { object: 'price', lookup_key: 'pro', product: 'prod_1' },
          },
        ],
      },
    },
    {
      id: 'in_CP0001',
      object: 'invoice',
      customer: 'cus_CP0001',
      number: 'A-1',
      created: 1793491200,
      currency: 'eur',
      total: 2900,
      status: 'paid',
      parent: { subscription_details: { subscription: 'sub_CP0001' } },
      default_payment_method: { id: 'pm_1', object: 'payment_method', card },
    },
    { id: 'card_9', object: 'card', customer: 'cus_CP0001', number: '4242424242424242', ...card },
    { id: 'pm_9', object: 'payment_method', customer: 'cus_CP0001', card },
  ];
  let id = '';

  beforeAll(async () => {
    const report = await at.import(
      'cp',
      'stripe',
      'stripe.ndjson',
      objects.map((each) => `${JSON.stringify(each)}\n`).join(''),
      { skipBad: true },
    );
    expect(report).toMatchObject({ badCount: 2, subjectsCreated: 1 });
    const found = await at.prisma.subjectIdentifier.findFirstOrThrow({
      where: { tenantId: 'cp', value: 'cus_CP0001' },
    });
    id = found.subjectId;
  });

  test.each(EVERY_BUNDLE)(
    'finds references, plan, dates and amounts in a %s %s, and nothing of a card',
    async (scope, format) => {
      const bundle = await at.export('cp', id, scope, format);
      const references = scope === 'ACCESS' ? bundle.data : bundle.context;
      const held = references.get('billing-references') ?? [];
      expect(held.map(({ stripeCustomerId }) => stripeCustomerId)).toContain('cus_CP0001');
      expect(held.map(({ stripeSubscriptionId }) => stripeSubscriptionId)).toContain('sub_CP0001');
      const [subscription] = bundle.data.get('subscriptions') ?? [];
      expect(subscription).toMatchObject({ plan: 'pro', status: 'ACTIVE' });
      expect(new Date(String(subscription?.['currentPeriodStart'])).getTime()).toBe(1793491200_000);
      expect(new Date(String(subscription?.['currentPeriodEnd'])).getTime()).toBe(1796083200_000);
      expect(bundle.data.get('invoices')).toMatchObject([
        { amountMinor: 2900, currency: 'EUR', paymentStatus: 'PAID' },
      ]);
      expect(withoutChance(bundle.text)).not.toMatch(
        /last4|exp_month|fingerprint|cvc_check|Xt5EWLLDS7FJjR1c|4242|card_[19]|pm_[19]/,
      );
    },
  );
});
