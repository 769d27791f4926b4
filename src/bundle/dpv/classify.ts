import type { Provenance } from '../../catalogue/vocabulary.ts';
import type { Item, Policy } from '../../policy/schema.ts';
import type { Article, PurposeClass } from '../../policy/words.ts';
import type { Term } from '../dpv.ts';
import { PERSONAL_DATA } from './personal-data.ts';

type Right = Policy['rights'][number]['right'];

const PURPOSES = {
  SERVICE: 'dpv:ServiceProvision',
  BILLING: 'dpv:PaymentManagement',
  SECURITY: 'dpv:EnforceSecurity',
  SUPPORT: 'dpv:CustomerCare',
  TROUBLESHOOTING: 'dpv:TechnicalServiceProvision',
  ANALYTICS: 'dpv:ServiceUsageAnalytics',
  INSIGHT: 'dpv:ServiceProvision',
  MARKETING: 'dpv:Marketing',
  NOTIFICATION: 'dpv:CommunicationManagement',
  LICENSING: 'dpv:EnforceAccessControl',
  DISPUTES: 'dpv:DisputeManagement',
  LEGAL: 'dpv:LegalCompliance',
} as const satisfies Record<PurposeClass, Term>;

const BASES = {
  '6(1)(a)': 'eu-gdpr:A6-1-a',
  '6(1)(b)': 'eu-gdpr:A6-1-b',
  '6(1)(c)': 'eu-gdpr:A6-1-c',
  '6(1)(d)': 'eu-gdpr:A6-1-d',
  '6(1)(e)': 'eu-gdpr:A6-1-e',
  '6(1)(f)': 'eu-gdpr:A6-1-f',
} as const satisfies Record<Article, Term>;

const RIGHTS = {
  INFORMATION: ['eu-gdpr:A13', 'eu-gdpr:A14'],
  ACCESS: ['eu-gdpr:A15'],
  RECTIFICATION: ['eu-gdpr:A16'],
  ERASURE: ['eu-gdpr:A17'],
  RESTRICTION: ['eu-gdpr:A18'],
  PORTABILITY: ['eu-gdpr:A20'],
  OBJECTION: ['eu-gdpr:A21'],
  WITHDRAW_CONSENT: ['eu-gdpr:A7-3'],
  COMPLAINT: ['eu-gdpr:A77'],
  NO_AUTOMATED_DECISION: ['eu-gdpr:A22'],
  NOTIFICATION_OF_RECIPIENTS: ['eu-gdpr:A19'],
} as const satisfies Record<Right, readonly Term[]>;

const PROVENANCE = {
  PROVIDED: 'dpv:ProvidedPersonalData',
  PROVIDED_BY_OTHER: 'dpv:CollectedPersonalData',
  OBSERVED: 'dpv:ObservedPersonalData',
  RECEIVED: 'dpv:CollectedPersonalData',
  DERIVED: 'dpv:DerivedPersonalData',
  INFERRED: 'dpv:InferredPersonalData',
  GENERATED: 'dpv:GeneratedPersonalData',
} as const satisfies Record<Provenance, Term>;

const SOURCES = {
  PROVIDED: 'dpv:DataSubjectDataSource',
  PROVIDED_BY_OTHER: 'dpv:ThirdPartyDataSource',
  OBSERVED: 'dpv:DataSubjectDataSource',
  RECEIVED: 'dpv:ThirdPartyDataSource',
  DERIVED: 'dpv:DataControllerDataSource',
  INFERRED: 'dpv:DataControllerDataSource',
  GENERATED: 'dpv:DataControllerDataSource',
} as const satisfies Record<Provenance, Term>;

/** The terms of a purpose, from the classes that its policy gives it. */
export function purposeTerms(policy: Policy, purposeId: string): readonly Term[] {
  const classes = policy.purposes.find(({ id }) => id === purposeId)?.classes ?? [];
  return ['dpv:Purpose', ...new Set(classes.map((each) => PURPOSES[each]))];
}

/** The terms of a ground; a ground that is the customer's to name has the general one only. */
export function basisTerms(articles: readonly Article[]): readonly Term[] {
  return ['dpv:LegalBasis', ...articles.map((article) => BASES[article])];
}

/** The terms of a right, by its article in the GDPR. */
export function rightTerms(right: Right): readonly Term[] {
  return ['dpv:DataSubjectRight', ...RIGHTS[right]];
}

/** The terms of an item: how it came about and, where the vocabulary has a word for it, what it is. */
export function itemTerms(item: Item): readonly Term[] {
  const what = PERSONAL_DATA[item.item];
  return [
    item.provenance === undefined ? 'dpv:PersonalData' : PROVENANCE[item.provenance],
    ...(what === undefined ? [] : [what]),
  ];
}

/** The terms of where a dataset came from. */
export function sourceTerms(provenances: readonly Provenance[]): readonly Term[] {
  return ['dpv:DataSource', ...new Set(provenances.map((each) => SOURCES[each]))];
}

/** The term of a retention: a duration where one can be computed. */
export function storageTerms(computable: boolean): readonly Term[] {
  return [computable ? 'dpv:StorageDuration' : 'dpv:StorageCondition'];
}
