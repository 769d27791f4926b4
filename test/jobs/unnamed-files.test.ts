import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepFiles, type RetentionDesk } from '../../src/jobs/retention.ts';
import { openOffice, type Office } from './office.ts';

let office: Office;
let desk: RetentionDesk;

beforeAll(async () => {
  office = await openOffice({ tenants: { cr: 'CR', cp: 'CP' } });
  const { audit, sources } = office.process.desk;
  desk = { ...sources, pool: office.database.pool, audit };
  for (const tenant of ['cr', 'cp']) await office.addPerson(tenant, 'ann', tenant, 1);
});
afterAll(() => office[Symbol.asyncDispose]());

const BY = { kind: 'OPERATOR', tenant: 'cr', operatorId: 'desk' } as const;
const DAY_MS = 24 * 3600 * 1000;

const pathOf = (key: string): string => join(office.folder, 'blobs', key);
const age = (path: string): Promise<void> => utimes(path, new Date(), new Date(Date.now() - 2 * DAY_MS));
/** Stores a file two days ago; its key. */
async function store(tenantId: string, content: string): Promise<string> {
  const { key } = await office.process.desk.sources.blobs.put(tenantId, Readable.from([Buffer.from(content)]));
  await age(pathOf(key));
  return key;
}
const lies = async (key: string): Promise<boolean> => (await office.process.desk.sources.blobs.size(key)) !== null;
const entries = () =>
  office.rows<{ detail: object }>(
    `SELECT detail FROM audit_event WHERE tenant_id = 'cr' AND action = 'SWEEP' ORDER BY seq`,
  );

test('a file stays as long as a row names it, of whatever kind', async () => {
  const row = { tenantId: 'cr', subjectId: 'ann', sourceSystem: 'test' };
  const file = { fileName: 'a', contentType: 'audio/mpeg', bytes: 1n, sha256: '0'.repeat(64) };
  const keys = await Promise.all(['document', 'sound', 'technical', 'attachment'].map((each) => store('cr', each)));
  const [document = '', sound = '', technical = '', attachment = ''] = keys;
  const { prisma } = office;
  const at = new Date('2026-11-01T00:00:00Z');
  await prisma.legalDocument.create({
    data: { ...row, ...file, id: 'doc', kind: 'OTHER', blobKey: document, submittedAt: at },
  });
  await prisma.recording.create({
    data: { ...row, ...file, id: 'r', callId: 'call_ann_0', recordedAt: at, recordedParties: 'BOTH', blobKey: sound },
  });
  await prisma.recordingFile.create({ data: { ...row, ...file, id: 'f', recordingId: 'r', blobKey: technical } });
  await prisma.message.create({
    data: { ...row, id: 'm', channel: 'EMAIL', authorKind: 'SUBJECT', body: 'see file', sentAt: at },
  });
  await prisma.messageAttachment.create({
    data: { ...row, ...file, id: 'a', messageId: 'm', authorKind: 'SUBJECT', blobKey: attachment },
  });
  expect(await sweepFiles(desk, BY)).toBe(0);
  expect(await Promise.all(keys.map(lies))).toEqual([true, true, true, true]);

  await prisma.recordingFile.delete({ where: { tenantId_id: { tenantId: 'cr', id: 'f' } } });
  await prisma.messageAttachment.delete({ where: { tenantId_id: { tenantId: 'cr', id: 'a' } } });
  expect(await sweepFiles(desk, BY)).toBe(2);
  expect(await Promise.all(keys.map(lies))).toEqual([true, true, false, false]);
  expect((await entries()).at(-1)).toEqual({ detail: { step: 'FILES_DELETED', files: 2 } });
});

test('a file of which the row may still be on its way stays, and so do those of other tenants', async () => {
  const unnamed = await store('cr', 'nobody’s');
  const young = await store('cr', 'being imported');
  // The same content again, by an import of today.
  await office.process.desk.sources.blobs.put('cr', Readable.from([Buffer.from('being imported')]));
  const other = await store('cp', 'nobody’s');
  expect(await sweepFiles(desk, BY)).toBe(1);
  expect(await Promise.all([unnamed, young, other].map(lies))).toEqual([false, true, true]);
});

test('what a killed import has left is removed a day later', async () => {
  const folder = join(office.folder, 'blobs', 'cr');
  await writeFile(join(folder, 'part_old.partial'), 'half');
  await age(join(folder, 'part_old.partial'));
  await writeFile(join(folder, 'part_new.partial'), 'half');
  expect(await sweepFiles(desk, BY)).toBe(1);
  expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual(['part_new.partial']);
});

test('a file whose removal cannot be put on record stays', async () => {
  const key = await store('cr', 'kept for want of a record');
  await office.rows('ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (false) NOT VALID');
  await expect(sweepFiles(desk, BY)).rejects.toThrow();
  await office.rows('ALTER TABLE audit_event DROP CONSTRAINT full_disk');
  expect(await lies(key)).toBe(true);
  expect(await sweepFiles(desk, BY)).toBe(1);
});
