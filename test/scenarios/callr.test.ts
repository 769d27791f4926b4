import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deadlineOf } from '../../src/policy/deadline.ts';
import { addPerson, owned } from '../graphql/people.ts';
import { EVERY_BUNDLE, openStage, policies, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

test('AS-37 call detail records go after three years, counted on the calendar, and keep their three numbers apart', async () => {
  await addPerson(at.prisma, 'cr', 'cdr');
  const numbers = { callingNumber: '+33145000001', callerIdDisplayed: '+33145000002', calledNumber: '+33612345678' };
  await at.prisma.callRecord.create({
    data: {
      ...owned('cr', 'cdr', 'leap'),
      ...numbers,
      startedAt: new Date('2024-02-29T12:00:00Z'),
      durationSeconds: 61,
    },
  });
  await at.prisma.callRecord.create({
    data: {
      ...owned('cr', 'cdr', 'past'),
      ...numbers,
      startedAt: new Date('2023-11-21T12:00:00Z'),
      durationSeconds: 62,
    },
  });
  expect((await at.sweep('cr')).deleted).toEqual({ 'call-records': 1 });

  for (const [scope, format] of EVERY_BUNDLE) {
    const bundle = await at.export('cr', 'cdr', scope, format);
    const [call, ...others] = bundle.data.get('call-records') ?? [];
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      id: 'leap',
      ...numbers,
      durationSeconds: 61,
      thirdParty: true,
      retentionMax: false,
      retentionStatus: 'LIVE',
    });
    expect(new Date(String(call?.['retentionExpiresAt'])).toISOString()).toBe('2027-02-28T12:00:00.000Z');
    // The policy states none of its bases, and the manifest says that they are assumed.
    expect(bundle.manifest.items.find(({ id }) => id === 'CR-12')).toMatchObject({
      status: 'ASSUMED',
      retention: { triggerStated: false },
    });
    expect(bundle.text).not.toContain('"past"');
  }
});

test('AS-40 a registration document is a file in an archive and a description in a document', async () => {
  await addPerson(at.prisma, 'cr', 'doc');
  const pdf = Buffer.from('%PDF-1.7\nKbis of Example SAS\n%%EOF\n');
  const { key, bytes, sha256 } = await at.sources.blobs.put('cr', Readable.from([pdf]));
  expect(sha256).toBe(createHash('sha256').update(pdf).digest('hex'));
  await at.prisma.legalDocument.create({
    data: {
      ...owned('cr', 'doc', 'kbis'),
      kind: 'COMPANY_REGISTRATION',
      fileName: 'Kbis (2026).PDF',
      contentType: 'application/pdf',
      bytes: BigInt(bytes),
      sha256,
      blobKey: key,
      submittedAt: new Date('2026-02-01T00:00:00Z'),
    },
  });

  for (const [scope, format] of EVERY_BUNDLE) {
    const bundle = await at.export('cr', 'doc', scope, format);
    const rows = (scope === 'ACCESS' ? bundle.data : bundle.context).get('legal-documents');
    const path = 'files/legal-documents/kbis.pdf';
    expect(rows).toMatchObject([
      {
        fileName: 'Kbis (2026).PDF',
        contentType: 'application/pdf',
        bytes: pdf.length,
        sha256,
        file: format === 'ZIP' ? path : null,
      },
    ]);
    if (format === 'ZIP') {
      expect(bundle.entries.get(path)?.equals(pdf)).toBe(true);
      expect(bundle.manifest.files).toContainEqual({ path, bytes: pdf.length, sha256, dataset: 'legal-documents' });
    } else {
      expect(bundle.bytes.includes('Kbis of Example')).toBe(false);
      expect(bundle.bytes.includes(pdf.toString('base64').slice(0, 20))).toBe(false);
    }
    // The policy names no authority and gives no date of its own.
    expect(bundle.text).not.toMatch(/CNIL/i);
    if (scope === 'ACCESS')
      expect(bundle.information).toMatchObject({
        authority: { status: expect.not.stringMatching(/^STATED$/), text: 'not stated in policy' },
      });
  }
  expect(deadlineOf(policies.policyOf('CR'), new Date('2026-11-22T00:00:00Z'))).toMatchObject({
    at: new Date('2026-12-22T00:00:00Z'),
    source: 'STATUTE',
    policyAt: null,
  });
});
