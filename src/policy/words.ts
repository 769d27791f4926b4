/**
 * The words of a policy file that the catalogue does not already own.
 *
 * stored      whether and where a value is kept; COPY is a copy of other items (a backup), never a source of its own
 * rule kind   how far a retention rule can be computed
 * class       what a purpose is for; visibility asks for classes, never for a purpose's wording
 * holder      in which role the operator meets the items of a role code
 */

export const ITEM_KINDS = ['EXPLICIT', 'PURPOSE_ONLY', 'RETENTION_ONLY', 'IMPLIED', 'NEGATIVE'] as const;

export const STORED = [
  'STORED',
  'REFERENCE',
  'TRANSIENT',
  'CLIENT_ONLY',
  'EXTERNAL',
  'ANONYMOUS',
  'COPY',
  'NOT_STORED',
  'NOT_INTENDED',
  'UNKNOWN',
] as const;

export const COMPUTABLE_KINDS = ['EXPLICIT', 'EXPLICIT_ADJUSTABLE'] as const;
export const OPEN_KINDS = ['USER_CONTROLLED', 'INSTRUCTED', 'QUALITATIVE', 'EXTERNAL', 'NONE'] as const;
export const RULE_KINDS = [...COMPUTABLE_KINDS, ...OPEN_KINDS] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export const PERIOD_SOURCES = ['recording.retentionPeriod'] as const;
export type PeriodSource = (typeof PERIOD_SOURCES)[number];

export const PURPOSE_CLASSES = [
  'SERVICE',
  'BILLING',
  'SECURITY',
  'SUPPORT',
  'TROUBLESHOOTING',
  'ANALYTICS',
  'INSIGHT',
  'MARKETING',
  'NOTIFICATION',
  'LICENSING',
  'DISPUTES',
  'LEGAL',
] as const;
export type PurposeClass = (typeof PURPOSE_CLASSES)[number];

export const HOLDERS = ['CONTROLLER', 'PROCESSOR', 'RELATIONAL', 'UNDECIDED', 'THIRD_PARTY', 'DEVICE'] as const;

export const ARTICLES = ['6(1)(a)', '6(1)(b)', '6(1)(c)', '6(1)(d)', '6(1)(e)', '6(1)(f)'] as const;
export type Article = (typeof ARTICLES)[number];

export const RIGHTS = [
  'INFORMATION',
  'ACCESS',
  'RECTIFICATION',
  'ERASURE',
  'RESTRICTION',
  'PORTABILITY',
  'OBJECTION',
  'WITHDRAW_CONSENT',
  'COMPLAINT',
  'NO_AUTOMATED_DECISION',
  'NOTIFICATION_OF_RECIPIENTS',
] as const;

/** Actors whom a policy may restrict further than the visibility table does. */
export const RESTRICTABLE_ACTORS = ['SUPPORT_AGENT', 'INTERNAL_APP'] as const;

/** Why an item is owed under Art. 15 and not under Art. 20. */
export const ACCESS_ONLY_REASONS = [
  'LEGITIMATE_INTEREST',
  'LEGAL_OBLIGATION',
  'NO_ELIGIBLE_BASIS',
  'NO_CONTRACT_WITH_SUBJECT',
  'PROVIDED_BY_OTHER',
  'RECEIVED',
  'DERIVED',
  'INFERRED',
  'GENERATED',
  'CONTROLLER_UNDECIDED',
  'RETENTION_TRIGGER',
] as const;
export type AccessOnlyReason = (typeof ACCESS_ONLY_REASONS)[number];
