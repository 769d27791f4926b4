/**
 * The terms of a manifest and of information.json in the W3C Data Privacy Vocabulary (DPV 2.2) and its extensions for the
 * GDPR and for personal data, so that a machine that knows DPV and not Carryall can read them. The context stands in the
 * file; nothing is fetched. What has no term is left out by a reader of linked data and is there for everybody else.
 * That every term exists is held by test/lawful/linked-data.test.ts.
 */
export const TERMS = {
  '@version': 1.1,
  dpv: 'https://w3id.org/dpv#',
  'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#',
  pd: 'https://w3id.org/dpv/pd#',
  dct: 'http://purl.org/dc/terms/',
  subject: 'dpv:hasDataSubject',
  tenant: 'dpv:hasEntity',
  controller: 'dpv:hasDataController',
  processors: 'dpv:hasDataProcessor',
  authority: 'dpv:hasAuthority',
  categories: 'dpv:hasPersonalDataProcess',
  items: 'dpv:hasPersonalData',
  purposes: 'dpv:hasPurpose',
  bases: 'dpv:hasLegalBasis',
  recipients: 'dpv:hasRecipient',
  retention: 'dpv:hasStorageCondition',
  rights: 'dpv:hasRight',
  source: 'dpv:hasDataSource',
  transfers: '@nest',
  countries: 'dpv:hasThirdCountry',
  name: 'dpv:hasName',
  country: 'dpv:hasCountry',
  address: 'dpv:hasAddress',
  email: 'dpv:hasContact',
  datasets: 'dct:hasPart',
  title: 'dct:title',
  text: 'dct:description',
  quote: 'dct:description',
  id: 'dct:identifier',
} as const;

/** A term as the files write it: a prefix of the context and a name. */
export type Term = `dpv:${string}` | `eu-gdpr:${string}` | `pd:${string}`;

/** A node with its terms in front. */
export function typed<T extends object>(terms: readonly Term[], node: T): { readonly '@type': readonly Term[] } & T {
  return { '@type': terms, ...node };
}
