import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { closeSealing } from '../../src/requests/sealing.ts';
import { age } from '../seal/age-program.ts';
import { newPair } from '../seal/streams.ts';
import { readLinkState } from '../../src/delivery/link-row.ts';
import { linkPage } from '../../src/http/routes/download-page.ts';
import { withSnapshot } from '../../src/store/session.ts';
import { openCounter } from './counter.ts';
import { openOffice, type Office } from './office.ts';
import { workshop, type Workshop } from './workshop.ts';

const operator = await newPair();
let office: Office;
let at: Workshop;
beforeAll(async () => {
  office = await openOffice();
  at = workshop(office);
  await writeFile(join(office.folder, 'operator.key'), `${operator.identity}\n`, { mode: 0o600 });
});
afterAll(() => office[Symbol.asyncDispose]());

/** Builds a request's bundle where the operator has stored bundles sealed, and returns its row and where it lies. */
async function built(
  request: string,
): Promise<{ readonly bundle: Awaited<ReturnType<Office['bundles']>>[number]; readonly path: string }> {
  {
    await using _ = at.worker({ sealTo: operator.sealing });
    await office.until('cr', [request], 'READY');
  }
  const [bundle] = await office.bundles(request);
  if (bundle === undefined) throw new Error('no bundle');
  return { bundle, path: join(office.folder, 'bundles', bundle.storage_key) };
}

test('where the operator wants stored bundles sealed, none lies in the clear, and the age program opens it with their key', async () => {
  const { request } = await at.somebody();
  const { bundle, path } = await built(request);
  expect(bundle.storage_key).toMatch(/\.age$/);
  const bytes = await readFile(path);
  expect(bytes.toString('latin1', 0, 100)).toContain('age-encryption.org/v1\n-> X25519 ');
  for (const word of ['data/account', 'manifest.jws', 'call-records']) expect(bytes.includes(word)).toBe(false);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(bundle.sha256);
  // Nobody but the operator can tell what it holds; it is nobody's own lock.
  expect(bundle).toMatchObject({ sealed: false });
  const clear = join(office.folder, 'clear.zip');
  await writeFile(clear, await age('--decrypt', '--identity', join(office.folder, 'operator.key'), path));
  expect((await verifyBundle(clear)).faults).toEqual([]);
  expect((await verifyBundle(path, { unsealKey: operator.key })).faults).toEqual([]);
});

test('whose copy the operator alone can open is told so where it is downloaded', async () => {
  await using counter = openCounter(office);
  const { person, request } = await at.somebody();
  await built(request);
  const linkId = await counter.link(person, request);
  const state = await withSnapshot(office.database.pool, 'cr', (reader) =>
    readLinkState(reader, { tenantId: 'cr', linkId }),
  );
  if (state.kind !== 'GOOD') throw new Error(state.reason);
  const page = await linkPage(state.link, 'Acme', 'en', '/file').text();
  expect(page).toContain('Ask Acme to open it for you');
  expect(page).toMatch(/download="cr-access-\d{4}-\d\d-\d\d\.zip\.age"/);
});

test('whoever has a passphrase of their own has it alone: the operator’s key does not open their bundle', async () => {
  const { request } = await at.somebody();
  const passphrase = 'five random words it is';
  await office.rows(`UPDATE data_subject_request SET sealing = $2 WHERE id = $1`, [
    request,
    closeSealing(office.process.desk.box, { tenantId: 'cr', requestId: request }, { kind: 'PASSPHRASE', passphrase }),
  ]);
  const { bundle, path } = await built(request);
  expect(bundle).toMatchObject({ sealed: true });
  await expect(verifyBundle(path, { unsealKey: operator.key })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect((await verifyBundle(path, { unsealKey: { kind: 'PASSPHRASE', passphrase } })).faults).toEqual([]);
});
