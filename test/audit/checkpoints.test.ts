import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import {
  signCheckpoint,
  type Checkpoint,
  type CheckpointKeys,
  type SignedCheckpoint,
} from '../../src/audit/checkpoint.ts';
import { readCheckpoints } from '../../src/audit/checkpoint-folder.ts';
import { GENESIS, hashOf, linkColumns, type Link } from '../../src/audit/chain.ts';
import { makeCheckpoint } from '../../src/audit/make-checkpoint.ts';
import { sql } from '../../src/store/sql.ts';
import { withSnapshot } from '../../src/store/session.ts';
import { checkpointKeys, look, looks, openTestLog, type TestLog } from './open-log.ts';

/** The statements that make the whole chain anew after an edit, as someone can who has every right but the signing key. */
async function rewriting(log: TestLog, edit: (link: Link) => Link): Promise<string[]> {
  const links = await withSnapshot(log.pool, 'acme', (reader) =>
    reader.query<{ link: Link }>(
      sql`SELECT (SELECT row_to_json(l) FROM (SELECT ${linkColumns}) l) AS link FROM audit_event e ORDER BY e.seq`,
    ),
  );
  let previousHash = GENESIS;
  return links.map(({ link }) => {
    const { hash: _hash, ...entry } = { ...edit(link), previousHash };
    const hash = hashOf(entry);
    const statement = `UPDATE audit_event SET purpose = '${entry.purpose}', previous_hash = '${previousHash}', hash = '${hash}' WHERE seq = ${link.seq}`;
    previousHash = hash;
    return statement;
  });
}

test('L-04: a chain that was wholly made anew is found by the checkpoint, and the place by the last that still holds', async () => {
  await using log = await openTestLog();
  for (let count = 0; count < 3; count += 1) {
    await record(log.pool, log.keys, looks(4));
    expect(await makeCheckpoint(log, 'acme')).toMatchObject({ seq: 4 * (count + 1) });
  }
  await log.tamper(...(await rewriting(log, (link) => (link.seq === 6 ? { ...link, purpose: 'billing' } : link))));
  expect((await log.verify()).fault).toMatchObject({ seq: 5, reason: expect.stringContaining('up to 8') });
  await rm(log.place, { recursive: true });
  expect((await log.verify()).fault).toBeNull();
});

test('a tail that was cut off is found by the checkpoint', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(5));
  await makeCheckpoint(log, 'acme');
  await log.tamper('DELETE FROM audit_event WHERE seq > 3');
  expect((await log.verify()).fault).toMatchObject({ seq: 4 });
  await log.tamper('DELETE FROM audit_event');
  expect((await log.verify()).fault).toMatchObject({ seq: 1 });
});

test('a log that was tampered with since the last checkpoint gets no further one', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(3));
  await makeCheckpoint(log, 'acme');
  await record(log.pool, log.keys, looks(3));
  await log.tamper(`UPDATE audit_event SET outcome = 'DENIED' WHERE seq = 5`);
  await expect(makeCheckpoint(log, 'acme')).rejects.toThrow('entry 5 is not what was written');
  await log.tamper('DELETE FROM audit_event WHERE seq > 2');
  await expect(makeCheckpoint(log, 'acme')).rejects.toThrow('entry 3');
});

test('where nothing was added, there is no further checkpoint; where nothing is, there is none', async () => {
  await using log = await openTestLog();
  expect(await makeCheckpoint(log, 'acme')).toBeNull();
  await record(log.pool, log.keys, [look()]);
  const [first, second] = [await makeCheckpoint(log, 'acme'), await makeCheckpoint(log, 'acme')];
  expect(second).toEqual(first);
  expect(await readdir(join(log.place, 'acme'))).toEqual(['0000000000000001.json']);
});

/** What may be done to the second place; `log` has checkpoints at 2, 4 and 6. */
const FORGERIES: readonly {
  name: string;
  forge: (forger: Forger) => Promise<void>;
  says: RegExp;
}[] = [
  {
    name: 'by another key',
    forge: async ({ last, write }) => write(await signCheckpoint(checkpointKeys(), last.checkpoint)),
    says: /signature that does not hold/,
  },
  {
    name: 'with a changed hash',
    forge: ({ last, write }) => write({ ...last, checkpoint: { ...last.checkpoint, hash: 'a'.repeat(64) } }),
    says: /signature that does not hold/,
  },
  {
    name: 'of an older size under the name of the last',
    forge: async ({ folder }) => {
      await rename(join(folder, '0000000000000004.json'), join(folder, '0000000000000006.json'));
    },
    says: /not the checkpoint that its name says/,
  },
  {
    name: 'of the same size with another root',
    forge: async ({ last, sign, write }) =>
      write(await sign({ ...last.checkpoint, kind: 'PRUNED', hash: 'b'.repeat(64) }), '.pruned'),
    says: /contradicts another/,
  },
  {
    name: 'of another tenant',
    forge: async ({ last, sign, write }) => write(await sign({ ...last.checkpoint, tenantId: 'other' })),
    says: /another tenant/,
  },
  {
    name: 'without the one before it',
    forge: ({ folder }) => rm(join(folder, '0000000000000004.json')),
    says: /follows on one at 4 that is not there/,
  },
  {
    name: 'that is not one',
    forge: ({ folder }) => writeFile(join(folder, '0000000000000006.json'), '{"checkpoint":'),
    says: /not the checkpoint that its name says/,
  },
];

interface Forger {
  readonly folder: string;
  readonly last: SignedCheckpoint;
  readonly sign: (checkpoint: Checkpoint) => Promise<SignedCheckpoint>;
  readonly write: (signed: SignedCheckpoint, suffix?: string) => Promise<void>;
}

async function forgerOf(log: TestLog, signing: CheckpointKeys): Promise<Forger> {
  const folder = join(log.place, 'acme');
  const last = (await readCheckpoints(log.place, 'acme')).at(-1);
  if (last === undefined) throw new Error('no checkpoint');
  return {
    folder,
    last,
    sign: (checkpoint) => signCheckpoint(signing, checkpoint),
    write: (signed, suffix = '') =>
      writeFile(join(folder, `0000000000000006${suffix}.json`), `${JSON.stringify(signed)}\n`),
  };
}

test.each(FORGERIES)('L-05: a checkpoint $name is rejected', async ({ forge, says }) => {
  await using log = await openTestLog();
  for (let count = 0; count < 3; count += 1) {
    await record(log.pool, log.keys, looks(2));
    await makeCheckpoint(log, 'acme');
  }
  expect(await log.verify()).toMatchObject({ fault: null, vouchedTo: 6 });
  await forge(await forgerOf(log, log.signing));
  const found = await log.verify().then(
    ({ fault }) => fault?.reason ?? '',
    (error: unknown) => String(error),
  );
  expect(found).toMatch(says);
});

test('a checkpoint holds no name of a person', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, [look()]);
  await makeCheckpoint(log, 'acme');
  const text = await readFile(join(log.place, 'acme', '0000000000000001.json'), 'utf8');
  expect(text).not.toMatch(/sub_1|staff_7|log in/);
});
