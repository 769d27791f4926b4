import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { MESSAGES } from '../../src/bundle/viewer/language.ts';
import { addPerson, openExporter, owned, type Exporter } from '../bundle/exporter.ts';
import type { Manifest } from '../bundle/unpack.ts';
import { exportTo, say } from '../large/exported.ts';
import { openBrowser, openPage } from './browser.ts';

const CALLS = 12_000;
const DOCUMENT = Buffer.from('%PDF-1.4 the document of Ann');

describe('an archive that was exported and unpacked', () => {
  let at: Exporter;
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    at = await openExporter();
    await addPerson(at.prisma, 'cr', 'ann', { firstName: 'Ann', lastName: 'O\u2019Hara', passwordHash: 'x' });
    await at.prisma.message.create({
      data: {
        ...owned('cr', 'ann', 'message'),
        channel: 'EMAIL',
        authorKind: 'SUBJECT',
        body: 'My card is 4242 4242 4242 4242.',
        sentAt: new Date('2026-11-01T00:00:00Z'),
      },
    });
    await at.pool.query(
      `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds)
       SELECT 'cr', 'call-' || n, 'ann', 'test', '+336' || lpad(n::text, 8, '0'), timestamptz '2026-01-01Z' + n * interval '20 minutes', n % 600
       FROM generate_series(1, $1::int) n`,
      [CALLS],
    );
    const { key, bytes } = await at.sources.blobs.put('cr', Readable.from([DOCUMENT]));
    const stored = { blobKey: key, bytes, sha256: createHash('sha256').update(DOCUMENT).digest('hex') };
    await at.prisma.legalDocument.create({
      data: {
        ...owned('cr', 'ann', 'doc'),
        kind: 'OTHER',
        fileName: 'proof.pdf',
        contentType: 'application/pdf',
        submittedAt: new Date('2026-01-01T00:00:00Z'),
        ...stored,
      },
    });
    const exported = await exportTo(at, { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format: 'ZIP' });
    folder = join(exported.folder, 'unpacked');
    await say('unzip', '-q', exported.paths[0] ?? '', '-d', folder);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await at[Symbol.asyncDispose]();
  });

  test('shows every row of its files, and links to files that are there', async () => {
    await using open = await openPage(browser, join(folder, 'index.html'));
    const { page } = open;
    await page.getByRole('button', { name: 'Open all' }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.status')].every((status) => !/Loading/.test(status.textContent ?? '')),
    );
    const calls = page.getByRole('table', { name: 'Your calls' });
    await expect(calls.locator('tbody tr').first().textContent()).resolves.toContain('12000');
    await page.getByRole('searchbox', { name: 'Search in Your calls' }).fill('+33600000001');
    await page.getByText('1 of 12,000 records matches').waitFor();
    await expect(calls.locator('tbody tr').count()).resolves.toBe(1);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    const local = links.filter((href) => !/^(?:#|https?:|mailto:)/.test(href));
    expect(local).toEqual(
      expect.arrayContaining(['data/call-records.ndjson', 'data/call-records.csv', 'files/legal-documents/doc.pdf']),
    );
    expect(local.filter((href) => !existsSync(join(folder, href)))).toEqual([]);
    expect(open.complaints).toEqual([]);
    expect(open.requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });

  test('tells each omission and redaction of its manifest, with its reason and how many', async () => {
    const { omissions, redactions } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    const { en } = MESSAGES;
    const word = (key: string): string => en[key as keyof typeof en];
    await using open = await openPage(browser, join(folder, 'index.html'));
    const missing = open.page.getByRole('region', { name: word('ui.notHere') });
    const cards = await missing.locator('.reason').allInnerTexts();
    const told = omissions.filter(({ count }) => count !== 0);
    expect(told.map(({ reason }) => reason)).toContain('SECRET');
    for (const { reason, dataset: section, fields, count } of told) {
      // Rows in another relation have its name behind that of their dataset.
      const [dataset = ''] = section.split('-as-');
      const card = cards.find(
        (text) => text.includes(word(`reason.${reason}`)) && text.includes(word(`dataset.${dataset}`)),
      );
      expect(card, `${reason} ${dataset}`).toBeDefined();
      for (const field of fields) expect(card).toContain(word(`field.${field}`));
      expect(card).toContain(count === null ? word('ui.notCounted') : `(${count} record`);
    }
    expect(redactions).toEqual([{ dataset: 'messages', rule: 'CARD_NUMBER', count: 1 }]);
    const blanked = await missing.getByRole('region', { name: word('ui.redactions') }).innerText();
    for (const part of [word('redaction.CARD_NUMBER'), word('dataset.messages'), '1 time'])
      expect(blanked).toContain(part);
  });
});
