import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnType } from '../../src/catalogue/look-up.ts';
import { FORMATS, openExporter, SCOPES, TENANT_IDS, type Exporter, type TenantId } from './exporter.ts';
import { withIbanCheck, withLuhn } from './payment-arbitraries.ts';
import { seedEveryDataset, type Cell } from './seed.ts';
import type { Unpacked } from './unpack.ts';

/**
 * Ann has, in every dataset of every tenant, secrets in the secret columns and forbidden values in every column of text or
 * JSON. Each is unique, so a find says where it came from. Bob has the same, and none of his may be in Ann's bundles.
 */
interface Canary {
  readonly where: string;
  readonly value: string;
}

let at: Exporter;
const canaries = new Map<TenantId, Canary[]>();
const strangers = new Map<TenantId, Canary[]>();
let next = 0;
/** How every secret begins: a beginning shown is a secret shown. */
const MARK = 'C4n4ry';

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    const [mine, theirs]: [Canary[], Canary[]] = [[], []];
    canaries.set(tenantId, mine);
    strangers.set(tenantId, theirs);
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'ann',
      prefix: 'ann',
      phone: '+31612345678',
      blobs: at.sources.blobs,
      fill: (cell) => forbidden(cell, mine),
    });
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'zed',
      prefix: 'zed',
      phone: '+31687654321',
      blobs: at.sources.blobs,
      fill: (cell) => foreign(cell, theirs),
    });
    // Ann at the other end of one of Zed's calls, and among Zed's contacts: she gets rows of his, and nothing that is his.
    await at.prisma.callRecord.updateMany({
      where: { tenantId, subjectId: 'zed' },
      data: { calledNumber: '+31612345678' },
    });
    await at.prisma.billingContact.updateMany({
      where: { tenantId, subjectId: 'zed' },
      data: { contactSubjectId: 'ann', phone: '+31612345678', email: 'ann@example.org' },
    });
  }
});

afterAll(() => at[Symbol.asyncDispose]());

const bundles = TENANT_IDS.flatMap((tenantId) =>
  SCOPES.flatMap((scope) => FORMATS.map((format) => [tenantId, scope, format] as const)),
);

describe('no bundle', () => {
  test.each(bundles)(
    'X-20: of %s %s %s holds a secret or a forbidden value, in any form',
    async (tenantId, scope, format) => {
      const bundle = await at.export(tenantId, 'ann', scope, format);
      const found = (canaries.get(tenantId) ?? []).filter(({ value }) =>
        traces(value).some((trace) => holds(bundle, trace)),
      );
      expect(found.map(({ where, value }) => `${where}: ${value}`)).toEqual([]);
      expect(bundle.text.split('\n').filter((line) => line.includes(MARK) || /\$2[aby]\$/.test(line))).toEqual([]);
    },
  );

  test.each(bundles)('X-18: of %s %s %s holds anything of another person', async (tenantId, scope, format) => {
    const bundle = await at.export(tenantId, 'ann', scope, format);
    expect((strangers.get(tenantId) ?? []).filter(({ value }) => holds(bundle, value))).toEqual([]);
    for (const rows of [...bundle.data.values(), ...bundle.context.values()]) {
      expect(rows.filter(({ subjectId }) => subjectId !== 'ann')).toEqual([]);
    }
    // His number and his address, and the ids of his rows where they are not the row itself.
    expect(bundle.text.split('\n').filter((line) => /\+31687654321|"zed"|zed@/.test(line))).toEqual([]);
  });

  test.each(bundles)('of %s %s %s holds what was shown to prove an identity', async (tenantId, scope, format) => {
    const bundle = await at.export(tenantId, 'ann', scope, format);
    expect(bundle.text.split('\n').filter((line) => line.includes('passport'))).toEqual([]);
    if (scope === 'ACCESS')
      expect(bundle.manifest.omissions).toContainEqual(
        expect.objectContaining({ dataset: 'requests', reason: 'IDENTITY_EVIDENCE', count: 1 }),
      );
  });
});

describe('the same search', () => {
  test.each(bundles)('finds what may be in a bundle: %s %s %s', async (tenantId, scope, format) => {
    const bundle = await at.export(tenantId, 'ann', scope, format);
    // Each forbidden text of Ann's stands beside a public word, and the word is there.
    expect(holds(bundle, 'PUBLICWORD')).toBe(true);
    expect(bundle.manifest.redactions.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
  });

  test('finds what is put into a file, into the bytes of a base64 text, and into hexadecimal', () => {
    const bundle = {
      entries: new Map([
        [
          'a',
          Buffer.from(`x ${Buffer.from('a CANARY-1 b').toString('base64')} ${Buffer.from('CANARY-2').toString('hex')}`),
        ],
      ]),
    };
    for (const trace of ['CANARY-1', 'CANARY-2']) expect(holds(bundle, trace)).toBe(true);
    expect(holds(bundle, 'KANARIE-3')).toBe(false);
  });

  test('finds a stranger’s words in the stranger’s own bundle', async () => {
    for (const tenantId of TENANT_IDS) {
      const bundle = await at.export(tenantId, 'zed', 'ACCESS');
      expect(
        (strangers.get(tenantId) ?? []).filter(({ value }) => holds(bundle, value)).length,
        tenantId,
      ).toBeGreaterThan(20);
    }
  });
});

/** What stands in Ann's columns: secrets where secrets are, and in text and JSON what must not leave. */
function forbidden({ dataset, field, entry }: Cell, found: Canary[]): unknown {
  const where = `${dataset.model}.${field}`;
  const plant = (value: string): string => {
    found.push({ where, value });
    return value;
  };
  const id = (next += 1);
  const token = `${MARK}${String(id).padStart(6, '0')}xZq${createHash('sha256').update(String(id)).digest('hex').slice(0, 16)}`;
  if (entry.kind === 'secret')
    return columnType(dataset.model, field).type === 'Bytes' ? Buffer.from(plant(token)) : plant(token);
  if (field === 'identityEvidence') return { passport: 'NL1234' };
  if (entry.kind !== 'personal') return undefined;
  const card = withLuhn(`4${String(id).padStart(14, '0')}`);
  const account = withIbanCheck('NL', `ABNA${String(id).padStart(10, '7')}`);
  switch (entry.format) {
    case 'text':
    case 'name': {
      const shapes = [
        () => `PUBLICWORD card ${plant(card).replaceAll(/(\d{4})(?=\d)/g, '$1 ')}, thanks`,
        () => `PUBLICWORD\n${plant(account)}\nregards`,
        () => `PUBLICWORD pay ${plant(account)} now`,
        () => `PUBLICWORD hash $2b$12$${plant(token)}abcdefghijk`,
        () => `PUBLICWORD jwt eyJhbGciOiJIUzI1NiJ9.eyJ${plant(token)}.${token}`,
        () => `PUBLICWORD key sk_live_${plant(token)}`,
        () => `PUBLICWORD\n-----BEGIN RSA PRIVATE KEY-----\n${plant(token)}\n-----END RSA PRIVATE KEY-----\n`,
      ];
      return shapes[id % shapes.length]?.();
    }
    case 'json': {
      const shapes = [
        () => ({
          note: 'PUBLICWORD',
          deep: { list: [{ text: `card ${plant(card)}`, number: 1 }, [[`Bearer ${plant(`${token}bearer`)}`]]] },
        }),
        () => ({ note: 'PUBLICWORD', card: { last4: plant(`${token}-last4`), fingerprint: plant(`${token}-fp`) } }),
        () => ({
          note: 'PUBLICWORD',
          a: { b: { c: { password: plant(`${token}-pw`), apiKey: [plant(`${token}-key`)] } } },
        }),
        () => ({ note: 'PUBLICWORD', list: [{ any: { object: 'payment_method', id: plant(`${token}-pm`) } }] }),
        () => ({ note: 'PUBLICWORD', to: plant(account), from: [{ iban: plant(account) }] }),
      ];
      return shapes[id % shapes.length]?.();
    }
    default:
      return undefined;
  }
}

/** What stands in Zed's columns: a word of his own in every text. */
function foreign({ dataset, field, entry }: Cell, found: Canary[]): unknown {
  if (entry.kind !== 'personal' || !['text', 'name', 'json', 'id', 'key', 'url'].includes(entry.format))
    return undefined;
  // The one row that both are in: what Zed's billing contact is called is Ann's.
  if (dataset.model === 'BillingContact' || field === 'subjectId' || field === 'organisationId') return undefined;
  if (dataset.model === 'SubjectIdentifier') return undefined;
  const value = `zedword${String((next += 1)).padStart(6, '0')}`;
  found.push({ where: `${dataset.model}.${field}`, value });
  return entry.format === 'json' ? { word: value } : entry.format === 'url' ? `https://example.org/${value}` : value;
}

/** A value, its beginning and end, and its digest: none of them may show. */
function traces(value: string): readonly string[] {
  const digest = createHash('sha256').update(value).digest('hex');
  if (value.startsWith(MARK)) return [value, value.slice(0, 14), value.slice(-12), digest, digest.slice(0, 16)];
  return [value, digest, ...(/^\d+$/.test(value) ? [value.slice(0, 12)] : [])];
}

/** Whether a bundle holds a text: as it is, without what stands between, in base64 at any offset, or in hexadecimal. */
function holds({ entries }: Pick<Unpacked, 'entries'>, trace: string): boolean {
  const forms = [trace, Buffer.from(trace).toString('hex'), ...[0, 1, 2].map((offset) => base64Core(trace, offset))];
  return [...entries].some(([path, bytes]) => {
    const text = `${path}\n${bytes.toString('latin1')}`;
    if (forms.some((form) => text.includes(form))) return true;
    return /^[A-Z0-9]+$/.test(trace) && packed(path, text).includes(trace);
  });
}

const packs = new Map<string, string>();

/** A text without the separators that people put into numbers. */
function packed(path: string, text: string): string {
  const key = `${path}${text.length}${createHash('sha1').update(text).digest('hex')}`;
  const known = packs.get(key) ?? text.replaceAll(/[ .-]/g, '');
  packs.set(key, known);
  return known;
}

/** The middle of the base64 of a text that begins at some offset of three; its ends depend on what stands around. */
function base64Core(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
    .toString('base64')
    .replace(/=+$/, '');
  return encoded.slice(offset === 0 ? 0 : 4, -2);
}
