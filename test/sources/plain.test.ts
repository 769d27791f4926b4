import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { lines, openDesk } from './desk.ts';

const ada = { email: 'ada@example.com' };

describe('plain rows', () => {
  test('of any dataset point at each other by the ids of their source', async () => {
    await using desk = await openDesk();
    const report = await desk.take(
      'ndjson',
      'a.ndjson',
      lines(
        { dataset: 'memberships', subject: ada, id: 'm', organisationId: 'org', role: 'ADMIN' },
        { dataset: 'organisations', id: 'org', name: 'Engines' },
        {
          dataset: 'account',
          id: 'ada',
          email: 'Ada@Example.com',
          fullName: 'Ada',
          createdAt: '2026-01-01',
          passwordHash: '$2b$12$CANARY',
        },
        {
          dataset: 'invoices',
          subject: ada,
          id: 'i',
          issuedAt: '2026-01-01T00:00:00Z',
          amountMinor: '9007199254740993',
          currency: 'EUR',
          paymentStatus: 'OPEN',
        },
        { dataset: 'invoice-lines', id: 'l', invoiceId: 'i', amountMinor: 5, currency: 'EUR' },
      ),
    );
    expect(report).toMatchObject({ badCount: 0, subjectsCreated: 1 });
    expect(
      await desk.rows(
        'SELECT o.name, m.role, m.assigned_by FROM membership m JOIN organisation o ON o.id = m.organisation_id',
      ),
    ).toEqual([{ name: 'Engines', role: 'ADMIN', assigned_by: 'SELF' }]);
    expect(
      await desk.rows(
        'SELECT i.amount_minor, l.subject_id = i.subject_id AS same FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id',
      ),
    ).toEqual([{ amount_minor: '9007199254740993', same: true }]);
    expect(JSON.stringify(report)).not.toContain('CANARY');
  });

  test('tell every fault of every line at once, and no value', async () => {
    await using desk = await openDesk();
    const faults = await desk.refuse(
      'ndjson',
      'a.ndjson',
      lines(
        {
          dataset: 'account',
          id: 'x',
          email: 'CANARY',
          createdAt: 'CANARY',
          status: 'CANARY',
          colour: 1,
          'CANARY@example.com': 1,
        },
        { dataset: 'invoices', subject: { email: 'CANARY' }, id: 'i', amountMinor: 1.5, currency: 'euro' },
        { dataset: 'nothing', id: 'x' },
        { dataset: 'audit-events', id: 'x' },
        { dataset: 'memberships', subject: ada, id: 'm', organisationId: 'CANARY', role: 'USER' },
        { dataset: 'invoice-lines', id: 'l', invoiceId: 'CANARY', amountMinor: 5, currency: 'EUR' },
        { dataset: 'consents', subjectId: 'CANARY', category: 'OTHER', purpose: 'x', status: 'GRANTED' },
        { dataset: 'consents', subject: ada, category: 'OTHER', purpose: 'a\u0000b', status: 'GRANTED' },
      ) + 'CANARY{\n',
    );
    expect([...faults].sort((a, b) => (a.path < b.path ? -1 : 1))).toMatchSnapshot();
    expect(JSON.stringify(faults)).not.toContain('CANARY');
    expect(await desk.rows('SELECT FROM subject')).toEqual([]);
  });

  test('take the default of a column that a line leaves out, and leave a stored value alone', async () => {
    await using desk = await openDesk();
    const account = {
      dataset: 'account',
      id: 'ada',
      email: 'ada@example.com',
      fullName: 'Ada',
      createdAt: '2026-01-01T00:00:00Z',
    };
    await desk.take('ndjson', 'a.ndjson', lines(account));
    expect(await desk.rows('SELECT status FROM account')).toEqual([{ status: 'ACTIVE' }]);
    await desk.rows("UPDATE account SET deletion_requested_at = '2026-11-01', status = 'DELETION_PENDING'");
    await desk.take('ndjson', 'a.ndjson', lines({ ...account, fullName: 'Ada L.' }));
    expect(await desk.rows('SELECT status, full_name FROM account')).toEqual([
      { status: 'DELETION_PENDING', full_name: 'Ada L.' },
    ]);
  });

  test('bring files from beside the import file, and from nowhere else', async () => {
    await using desk = await openDesk();
    const blobs = openBlobFolder(join(desk.folder, 'blobs'));
    await mkdir(join(desk.folder, 'files'));
    await writeFile(join(desk.folder, 'files/a.pdf'), '%PDF-1.4 made up');
    await symlink('/etc/passwd', join(desk.folder, 'files/link.pdf'));
    const document = (file: string): object => ({
      dataset: 'legal-documents',
      subject: ada,
      id: file,
      kind: 'OTHER',
      submittedAt: '2026-01-01T00:00:00Z',
      file,
    });
    await desk.take('ndjson', 'a.ndjson', lines(document('files/a.pdf')), { tenant: 'CR', blobs });
    const [row] = await desk.rows<{ blob_key: string }>(
      'SELECT file_name, content_type, bytes, blob_key FROM legal_document',
    );
    expect(row).toMatchObject({ file_name: 'a.pdf', content_type: 'application/pdf', bytes: '16' });
    expect(await readFile(join(desk.folder, 'blobs', row?.blob_key ?? ''), 'utf8')).toBe('%PDF-1.4 made up');
    const faults = await desk.refuse(
      'ndjson',
      'b.ndjson',
      lines(...['../x', '/etc/passwd', 'files/link.pdf', 'files/none.pdf', 'files'].map(document)),
      { tenant: 'CR', blobs },
    );
    expect(faults).toHaveLength(5);
  });

  test('need a dataset that can be imported', async () => {
    await using desk = await openDesk();
    await expect(desk.take('ndjson', 'a.ndjson', lines({ id: 1 }), { dataset: 'audit-events' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });
});
