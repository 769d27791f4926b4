/**
 * The terms of the manifest in the W3C Data Privacy Vocabulary, so that a machine that knows DPV and not Carryall can read
 * it. The context stands in the file; nothing is fetched.
 */
export const TERMS = {
  '@version': 1.1,
  dpv: 'https://w3id.org/dpv#',
  dct: 'http://purl.org/dc/terms/',
  purposes: 'dpv:hasPurpose',
  bases: 'dpv:hasLegalBasis',
  recipients: 'dpv:hasRecipient',
  items: 'dpv:hasPersonalData',
  subject: 'dpv:hasDataSubject',
  tenant: 'dpv:hasDataController',
  retention: 'dpv:hasStorageCondition',
  title: 'dct:title',
  id: 'dct:identifier',
} as const;
