import jsonld from 'jsonld';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TERMS } from '../../src/bundle/dpv.ts';
import {
  basisTerms,
  itemTerms,
  purposeTerms,
  rightTerms,
  sourceTerms,
  storageTerms,
} from '../../src/bundle/dpv/classify.ts';
import { PERSONAL_DATA } from '../../src/bundle/dpv/personal-data.ts';
import { PROVENANCES } from '../../src/catalogue/vocabulary.ts';
import { ARTICLES, RIGHTS } from '../../src/policy/words.ts';
import { policies, SCOPES, TENANT_IDS, type Exporter } from '../bundle/exporter.ts';
import terms from './dpv-terms.json' with { type: 'json' };
import { openPeople } from './people.ts';

const known = new Set([...terms.files.flatMap(({ iris }) => iris), ...terms.others.iris]);
const PREFIXES: Readonly<Record<string, string>> = {
  dpv: TERMS.dpv,
  'eu-gdpr': TERMS['eu-gdpr'],
  pd: TERMS.pd,
  dct: TERMS.dct,
};

/** Expands with nothing but the document: whatever would be fetched is refused. */
async function expand(document: object): Promise<unknown[]> {
  const refuse = (url: string): never => {
    throw new Error(`${url} would be fetched`);
  };
  return await jsonld.expand(document as jsonld.JsonLdDocument, { documentLoader: refuse as never });
}

function iriOf(term: string): string {
  const [prefix = '', name = ''] = term.split(/:(.*)/s);
  return `${PREFIXES[prefix] ?? `${prefix}:`}${name}`;
}

/** How often each IRI stands in an expanded document: as a property, or as a type. */
function uses(expanded: unknown): Map<string, number> {
  const counts = new Map<string, number>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === '@type') (value as string[]).forEach((iri) => add(counts, iri, 1));
      else if (!key.startsWith('@')) add(counts, key, Array.isArray(value) ? value.length : 1);
      walk(value);
    }
  };
  walk(expanded);
  return counts;
}

/** How often each IRI ought to stand there, reckoned from the plain JSON: keys that the context maps, below keys that it maps. */
function meant(
  node: unknown,
  context: Readonly<Record<string, unknown>>,
  counts = new Map<string, number>(),
): Map<string, number> {
  if (Array.isArray(node)) node.forEach((each) => meant(each, context, counts));
  if (Array.isArray(node) || typeof node !== 'object' || node === null) return counts;
  for (const [key, value] of Object.entries(node)) {
    if (key === '@type') for (const term of value as string[]) add(counts, iriOf(term), 1);
    const mapped = context[key];
    if (typeof mapped !== 'string' || key.startsWith('@') || value === null) continue;
    if (mapped !== '@nest') add(counts, iriOf(mapped), Array.isArray(value) ? value.length : 1);
    meant(value, context, counts);
  }
  return counts;
}

function add(counts: Map<string, number>, iri: string, by: number): void {
  if (by > 0) counts.set(iri, (counts.get(iri) ?? 0) + by);
}

describe('the terms', () => {
  test('of the context are terms of DPV 2.2 or of Dublin Core', () => {
    const iris = Object.values(TERMS)
      .filter((term) => typeof term === 'string' && /^(dpv|dct|pd|eu-gdpr):/.test(term))
      .map((term) => iriOf(String(term)));
    expect(iris.filter((iri) => !known.has(iri))).toEqual([]);
    expect(iris.length).toBeGreaterThan(20);
  });

  test('of every purpose, ground, right, provenance and item are terms of DPV 2.2', () => {
    const all = [
      ...policies.policies.flatMap((policy) => [
        ...policy.purposes.flatMap(({ id }) => purposeTerms(policy, id)),
        ...policy.items.flatMap((item) => itemTerms(item)),
      ]),
      ...ARTICLES.flatMap((article) => basisTerms([article])),
      ...RIGHTS.flatMap(rightTerms),
      ...PROVENANCES.flatMap((provenance) => sourceTerms([provenance])),
      ...[true, false].flatMap(storageTerms),
      ...Object.values(PERSONAL_DATA),
    ];
    expect([...new Set(all.map((term) => iriOf(String(term))))].filter((iri) => !known.has(iri))).toEqual([]);
  });

  test('a misspelt one would be noticed', () => {
    expect(known.has(iriOf('dpv:hasPurpos'))).toBe(false);
  });
});

describe('a bundle as linked data', () => {
  let at: Exporter;
  beforeAll(async () => {
    at = await openPeople();
  });
  afterAll(() => at[Symbol.asyncDispose]());

  const every = TENANT_IDS.flatMap((tenantId) => SCOPES.map((scope) => [tenantId, scope] as const));

  test.each(every)(
    'the manifest of %s %s expands with nothing fetched, and loses no property that is mapped',
    async (tenantId, scope) => {
      const { manifest } = await at.export(tenantId, 'ann', scope, 'JSON');
      await expectWhole(manifest, [
        'dpv:hasPersonalData',
        'dpv:hasPurpose',
        'dpv:hasRecipient',
        'dpv:hasStorageCondition',
        'dpv:hasDataController',
        'dpv:hasDataSubject',
        'dpv:hasLegalBasis',
      ]);
    },
  );

  test.each(TENANT_IDS)(
    'the information of %s expands with nothing fetched, and loses no property that is mapped',
    async (tenantId) => {
      const { information } = await at.export(tenantId, 'ann', 'ACCESS', 'JSON');
      await expectWhole(information ?? {}, [
        'dpv:hasPersonalDataProcess',
        'dpv:hasPurpose',
        'dpv:hasLegalBasis',
        'dpv:hasRecipient',
        'dpv:hasRight',
        'dpv:hasDataSource',
        'dpv:hasStorageCondition',
        'dpv:hasDataController',
      ]);
    },
  );

  test('X06 no authority is asserted for Callr, in linked data either', async () => {
    const { information } = await at.export('cr', 'ann', 'ACCESS', 'JSON');
    const found = uses(await expand(information ?? {}));
    expect(found.has(iriOf('dpv:hasAuthority'))).toBe(false);
    expect(found.has(iriOf('dpv:DataProtectionAuthority'))).toBe(false);
  });

  async function expectWhole(document: object, some: readonly string[]): Promise<void> {
    const context = (document as { '@context': Record<string, unknown> })['@context'];
    const found = uses(await expand(document));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(meant(document, context)));
    expect([...found.keys()].filter((iri) => !known.has(iri))).toEqual([]);
    for (const term of some) expect(found.get(iriOf(term)), term).toBeGreaterThan(0);
  }
});
