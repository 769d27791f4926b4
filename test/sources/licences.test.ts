import { describe, expect, test } from 'vitest';
import { openDesk } from './desk.ts';

const KEY = '80e15db5-c796-436b-850c-8f9c98a48abe';

describe('licence keys', () => {
  test('of Lemon Squeezy come with their instances, which are as good as the key', async () => {
    await using desk = await openDesk();
    const instance = (id: string, key: number): object => ({
      type: 'license-key-instances',
      id,
      attributes: {
        license_key_id: key,
        identifier: `i-${id}`,
        name: 'laptop',
        created_at: '2026-10-02T10:00:00.000000Z',
      },
    });
    const key = (id: string, more: object): object => ({
      type: 'license-keys',
      id,
      attributes: {
        product_id: 7,
        user_name: 'Ada',
        user_email: 'Ada@example.com',
        key: `${KEY}-${id}`,
        status: 'active',
        created_at: '2026-10-01T10:00:00.000000Z',
        ...more,
      },
    });
    const report = await desk.take(
      'lemonsqueezy',
      'a.json',
      JSON.stringify({
        data: [instance('1', 1), key('1', {}), key('2', { status: 'disabled', disabled: 1 })],
        included: [instance('2', 2)],
      }),
    );
    expect(report).toMatchObject({
      subjectsCreated: 1,
      byDataset: { 'license-keys': { inserted: 2 }, activations: { inserted: 2 } },
    });
    expect(
      await desk.rows(
        'SELECT k.type, a.status, a.subject_id = k.subject_id AS same FROM activation a JOIN license_key k ON k.id = a.license_key_id ORDER BY 2',
      ),
    ).toEqual([
      { type: 'product 7', status: 'ACTIVE', same: true },
      { type: 'product 7', status: 'DISABLED', same: true },
    ]);
    expect(JSON.stringify(report)).not.toContain(KEY);
  });

  test('of Lemon Squeezy without a date keep the day of their first import', async () => {
    await using desk = await openDesk();
    const content = JSON.stringify({
      data: [{ id: '1', attributes: { key: KEY, product_id: '12', user_email: 'ada@example.com', status: 'active' } }],
    });
    const report = await desk.take('lemonsqueezy', 'a.json', content);
    expect(report.assumed).toEqual({ 'license-keys.createdAt': 1 });
    const later = await desk.take('lemonsqueezy', 'a.json', content, {
      clock: { now: () => new Date('2027-01-01T00:00:00Z') },
    });
    expect(later.byDataset['license-keys']).toEqual({ inserted: 0, updated: 0, unchanged: 1 });
  });

  test('of Keygen come with their machines, and belong to the user beside them', async () => {
    await using desk = await openDesk();
    const document = {
      data: [
        {
          id: 'lic-1',
          type: 'licenses',
          attributes: { key: KEY, name: 'Pro', status: 'SUSPENDED', created: '2026-10-01T10:00:00.000Z', metadata: {} },
          relationships: { owner: { data: { type: 'users', id: 'usr-1' } } },
        },
      ],
      included: [
        {
          id: 'mac-1',
          type: 'machines',
          attributes: { fingerprint: 'aa:bb', created: '2026-10-02T10:00:00.000Z' },
          relationships: { license: { data: { type: 'licenses', id: 'lic-1' } } },
        },
        { id: 'usr-1', type: 'users', attributes: { email: 'ada@example.com' } },
      ],
    };
    await desk.take('keygen', 'a.json', JSON.stringify(document));
    expect(
      await desk.rows(
        'SELECT i.value, k.type, a.status FROM license_key k JOIN activation a ON a.license_key_id = k.id JOIN subject_identifier i ON i.subject_id = k.subject_id ORDER BY 1',
      ),
    ).toEqual([
      { value: 'ada@example.com', type: 'Pro', status: 'DISABLED' },
      { value: 'keygen:usr-1', type: 'Pro', status: 'DISABLED' },
    ]);
  });

  test('never stand in a fault', async () => {
    await using desk = await openDesk();
    const faults = await desk.refuse(
      'lemonsqueezy',
      'a.json',
      JSON.stringify({ data: [{ type: 'license-keys', id: '1', attributes: { key: KEY, created_at: 'yesterday' } }] }),
    );
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain(KEY);
  });
});
