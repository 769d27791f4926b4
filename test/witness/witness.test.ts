import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetOf, datasets, sqlName } from '../../src/catalogue/look-up.ts';
import { addPageViews, asAnn, idsOf, KINDS, kindNamed, openPeople, type People } from './people.ts';

let at: People;

beforeAll(async () => {
  at = await openPeople();
});

afterAll(() => at[Symbol.asyncDispose]());

describe.each(KINDS)('$name', (kind) => {
  test('rows that are Ann’s pass', async () => {
    await asAnn(at.pool, async (witness, reader) => {
      const ids = await idsOf(reader, kind, 'ann');
      expect(ids).not.toHaveLength(0);
      await witness.take(kind, ids);
    });
  });

  test('X-15: a row that is Bob’s is foreign, alone and among Ann’s', async () => {
    await asAnn(at.pool, async (witness, reader) => {
      const [foreign = ''] = await idsOf(reader, kind, 'bob');
      const own = await idsOf(reader, kind, 'ann');
      expect(own).not.toContain(foreign);
      for (const ids of [[foreign], [...own, foreign], [foreign, ...own]]) {
        await expect(witness.take(kind, ids)).rejects.toMatchObject({
          code: 'FOREIGN_ROW',
          message: expect.not.stringContaining(foreign) as string,
        });
      }
      await witness.take(kind, own);
    });
  });
});

test('a row that is Ann’s in another relation is foreign in this one', async () => {
  await asAnn(at.pool, async (witness, reader) => {
    for (const [one, other] of [
      ['technical-contacts as ACCOUNT_HOLDER', 'technical-contacts as CONTACT_PERSON'],
      ['billing-contacts as CONTACT_PERSON', 'billing-contacts as ACCOUNT_HOLDER'],
      ['call-records as ACCOUNT_HOLDER', 'call-records as CALL_COUNTERPARTY'],
      ['recordings as CALL_COUNTERPARTY', 'recordings as ACCOUNT_HOLDER'],
    ] as const) {
      const ids = await idsOf(reader, kindNamed(one), 'ann');
      await expect(witness.take(kindNamed(other), ids), `${one} in ${other}`).rejects.toMatchObject({
        code: 'FOREIGN_ROW',
      });
    }
  });
});

test('a call is a counterparty’s only by a number proven to be theirs, and only when it is another’s call', async () => {
  const kind = kindNamed('call-records as CALL_COUNTERPARTY');
  await at.pool.query(`
    INSERT INTO subject (tenant_id, id) VALUES ('cp', 'carl');
    INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value) VALUES
      ('cp', 'carl_1', 'carl', 'test', 'PHONE', '+31655555555'), ('cp', 'ann_name', 'ann', 'test', 'ACCOUNT_ID', '+31666666666');
    INSERT INTO call_record (tenant_id, id, subject_id, source_system, started_at, called_number) VALUES
      ('cp', 'bob_to_ann', 'bob', 'test', now(), '+31612345678'), ('cp', 'ann_to_ann', 'ann', 'test', now(), '+31612345678'),
      ('cp', 'bob_to_carl', 'bob', 'test', now(), '+31655555555'), ('cp', 'bob_to_name', 'bob', 'test', now(), '+31666666666'),
      ('cp', 'bob_to_none', 'bob', 'test', now(), NULL)`);
  await asAnn(at.pool, async (witness) => {
    await witness.take(kind, ['bob_to_ann']);
    for (const id of ['ann_to_ann', 'bob_to_carl', 'bob_to_name', 'bob_to_none']) {
      await expect(witness.take(kind, [id]), id).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
    }
  });
});

test('rows that another operator holds under ids that are Ann’s there are foreign here', async () => {
  await asAnn(at.pool, async (witness) => {
    for (const kind of KINDS.filter(({ relation }) => relation === 'ACCOUNT_HOLDER')) {
      const { rows } = await at.pool.query<{ id: string }>(
        `SELECT id FROM ${tableOf(kind)} WHERE tenant_id = 'cx' AND subject_id = 'ann'`,
      );
      await expect(
        witness.take(
          kind,
          rows.map(({ id }) => id),
        ),
        kind.name,
      ).rejects.toMatchObject({
        code: 'FOREIGN_ROW',
      });
    }
  });
});

test('what is deleted after the snapshot is still Ann’s, and what comes after it is not there', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  await addViews('before', 1);
  await asAnn(at.pool, async (witness) => {
    await at.pool.query(`DELETE FROM page_view WHERE tenant_id = 'cp' AND id = 'before_1'`);
    await addViews('after', 1);
    await witness.take(kind, ['before_1']);
    await expect(witness.take(kind, ['after_1'])).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
  });
  await asAnn(at.pool, (witness) => witness.take(kind, ['after_1']));
});

test('of thousands of rows in any order all pass, and one that is Bob’s is found wherever it stands', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  await addViews('many', 6000);
  await addViews('bobs', 1, 'bob');
  const ids = Array.from({ length: 6000 }, (_, index) => `many_${index + 1}`);
  const scattered = ids.toSorted((a, b) => a.slice(-1).localeCompare(b.slice(-1)) || a.localeCompare(b));
  await asAnn(at.pool, async (witness) => {
    for (const order of [ids, ids.toReversed(), scattered, ids.slice(100, 700), ids.slice(0, 499)]) {
      await witness.take(kind, order);
      for (const place of [0, 250, order.length]) {
        await expect(witness.take(kind, order.toSpliced(place, 0, 'bobs_1'))).rejects.toMatchObject({
          code: 'FOREIGN_ROW',
          message: expect.stringContaining('page-views: ') as string,
        });
      }
    }
  });
});

test('thousands of rows in the order of a file are found side by side, not one by one', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  await addViews('row', 1000);
  await asAnn(at.pool, async (witness) => {
    await witness.take(
      kind,
      Array.from({ length: 1000 }, (_, index) => `row_${index + 1}`),
    );
    const { rows } = await at.pool.query<{ query: string }>(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%page_view%' AND state = 'idle in transaction'`,
    );
    expect(rows.map(({ query }) => query)).toEqual([expect.stringContaining(' BETWEEN ')]);
  });
});

test('a row that came twice is told as that', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  await addViews('twice', 600);
  const ids = Array.from({ length: 600 }, (_, index) => `twice_${index + 1}`);
  await asAnn(at.pool, async (witness) => {
    await expect(witness.take(kind, [...ids, 'twice_7'])).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
  });
});

test('an id with a line break is an id like any other', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  await addViews('a\nb', 1);
  await asAnn(at.pool, async (witness) => {
    await witness.take(kind, ['a\nb_1']);
    await expect(witness.take(kind, ['a\nc_1'])).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
  });
});

test('no rows are nobody’s, and need no answer', async () => {
  await asAnn(at.pool, (witness) => witness.take(kindNamed('page-views as WEBSITE_VISITOR'), []));
});

test('a relation for which the database has no key is refused', async () => {
  await asAnn(at.pool, async (witness) => {
    for (const [model, relation] of [
      ['Tenant', 'ACCOUNT_HOLDER'],
      ['Organisation', 'ACCOUNT_HOLDER'],
      ['PageView', 'CONTACT_PERSON'],
      ['Session', 'CALL_COUNTERPARTY'],
      ['Tenant', 'TEAM_MEMBER'],
    ] as const) {
      const kind = { dataset: datasetOf(model), relation };
      await expect(witness.take(kind, ['x']), `${model} ${relation}`).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
    }
  });
});

test('every row a bundle may hold has (tenant, id) for its key, so that an id counted is a row counted', async () => {
  const { rows } = await at.pool.query<{ name: string; key: string[] }>(`
    SELECT c.conrelid::regclass::text AS name, array_agg(a.attname::text ORDER BY k.place) AS key
    FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
    WHERE c.contype = 'p' GROUP BY 1`);
  const keys = new Map(rows.map(({ name, key }) => [name, key]));
  for (const kind of KINDS) expect(keys.get(tableOf(kind)), kind.name).toEqual(['tenant_id', 'id']);
});

test('rows begin with their owner and their id, so that ids are read without parsing', () => {
  for (const { name, fields, subjects } of datasets) {
    if (Object.keys(subjects).length === 0) continue;
    const [first] = Object.keys(fields).filter((field) => !['tenantId', 'subjectId'].includes(field));
    expect(first, name).toBe('id');
  }
});

test('a witness asks on the free connection of the snapshot, and opens no other', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  const sessions = `SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database()`;
  const open = async (): Promise<number | undefined> => {
    const { rows } = await at.pool.query<{ open: number }>(sessions);
    return rows[0]?.open;
  };
  await asAnn(
    at.pool,
    async (witness) => {
      const before = await open();
      await expect(witness.take(kind, ['nobodys'])).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
      expect(await open()).toBe(before);
    },
    true,
  );
});

test('a witness whose session is ended while it is asked fails closed', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  const lock = await at.pool.connect();
  await lock.query('BEGIN');
  try {
    await asAnn(at.pool, async (witness) => {
      await lock.query('LOCK TABLE page_view IN ACCESS EXCLUSIVE MODE');
      const verdict = expect(witness.take(kind, ['before_1'])).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
      const waiting = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while ((await at.pool.query(waiting)).rowCount === 0) await sleep(10);
      await verdict;
      await expect(witness.take(kind, ['before_1'])).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
    });
  } finally {
    await lock.query('ROLLBACK');
    lock.release();
  }
});

test('as many builds as the pool has connections still get their witness', async () => {
  const kind = kindNamed('page-views as WEBSITE_VISITOR');
  await addViews('crowd', 1);
  const builds = Array.from({ length: at.pool.options.max }, () =>
    asAnn(at.pool, async (witness) => {
      await sleep(50);
      await witness.take(kind, ['crowd_1']);
    }),
  );
  await Promise.all(builds);
});

function tableOf({ dataset }: (typeof KINDS)[number]): string {
  return sqlName(dataset.model);
}

const addViews = (prefix: string, count: number, subjectId?: string): Promise<void> =>
  addPageViews(at.pool, prefix, count, subjectId);
