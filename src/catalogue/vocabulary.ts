/**
 * The words of the catalogue; GDPR terms keep their GDPR meaning.
 *
 * relation     how a subject stands to a row
 * provenance   where a value came from; decides Art. 20 (provided and observed) against Art. 15 alone
 * sensitivity  how a value must be handled
 * scope        ACCESS (Art. 15) or PORTABILITY (Art. 20)
 * role         in which role the operator holds an item: CONTROLLER or PROCESSOR
 */

export const RELATIONS = [
  'ACCOUNT_HOLDER',
  'TEAM_MEMBER',
  'LICENSEE_CONTACT',
  'CONTACT_PERSON',
  'END_USER',
  'ADVISOR',
  'CALL_COUNTERPARTY',
  'SUPPORT_REQUESTER',
  'WEBSITE_VISITOR',
] as const;
export type Relation = (typeof RELATIONS)[number];

export const PROVENANCES = [
  'PROVIDED',
  'PROVIDED_BY_OTHER',
  'OBSERVED',
  'RECEIVED',
  'DERIVED',
  'INFERRED',
  'GENERATED',
] as const;
export type Provenance = (typeof PROVENANCES)[number];

export const SENSITIVITIES = [
  'PERSONAL',
  'ORG',
  'FINANCIAL',
  'FINANCIAL_REF',
  'NETWORK_ID',
  'THIRD_PARTY',
  'COMMS_CONTENT',
  'AUDIO',
  'INFERENCE',
  'AGGREGATE',
  'CREDENTIAL_HOLDER',
  'SECRET_NEVER',
  'FORBIDDEN',
] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

export const SCOPES = ['ACCESS', 'PORTABILITY'] as const;
export type Scope = (typeof SCOPES)[number];
