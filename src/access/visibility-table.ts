import type { Sensitivity } from '../catalogue/vocabulary.ts';

/**
 * What an actor sees of a sensitivity.
 *
 * FULL        in clear
 * MASKED      in a mask of fixed shape
 * COUNT       that it exists, or how many
 * GRANT       in clear under an audited grant for one purpose, else not at all
 * PURPOSE     in clear for a purpose of the item
 * BILLING     in clear for a billing purpose of the item
 * SECURITY    in clear for a security purpose of the item
 * MASKED_FOR  in a mask, for a purpose of the item
 * CUSTOMERS   in clear for what the operator processes on the customer's behalf
 * TICKETS     in clear in support conversations, never a transcript of a call
 * OWN_NUMBER  in clear when it is the actor's own verified number
 * ROUTED      through the controller
 */
export type Cell =
  | 'FULL'
  | 'MASKED'
  | 'COUNT'
  | 'GRANT'
  | 'PURPOSE'
  | 'BILLING'
  | 'SECURITY'
  | 'MASKED_FOR'
  | 'CUSTOMERS'
  | 'TICKETS'
  | 'OWN_NUMBER'
  | 'ROUTED'
  | 'DENY';

export const COLUMNS = [
  'SUBJECT',
  'CONTROLLER_STAFF',
  'PROCESSOR_STAFF',
  'SUPPORT_AGENT',
  'INTERNAL_APP',
  'CUSTOMER',
  'TEAM_MEMBER',
  'COUNTERPARTY',
  'OVERSEER',
] as const;
export type Column = (typeof COLUMNS)[number];

/**
 * Who sees what. The subject's column holds for what the subject's Art. 15 disposition includes; whose voice,
 * about whom and by which route is decided there. OVERSEER stands for auditors and administrators.
 */
// prettier-ignore
export const VISIBILITY = {
  PERSONAL:          { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'GRANT', SUPPORT_AGENT: 'FULL',    INTERNAL_APP: 'PURPOSE',    CUSTOMER: 'CUSTOMERS', TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  ORG:               { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'GRANT', SUPPORT_AGENT: 'FULL',    INTERNAL_APP: 'PURPOSE',    CUSTOMER: 'FULL',      TEAM_MEMBER: 'FULL', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  FINANCIAL:         { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'DENY',  SUPPORT_AGENT: 'MASKED',  INTERNAL_APP: 'BILLING',    CUSTOMER: 'DENY',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  FINANCIAL_REF:     { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'DENY',  SUPPORT_AGENT: 'MASKED',  INTERNAL_APP: 'BILLING',    CUSTOMER: 'DENY',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  NETWORK_ID:        { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'GRANT', SUPPORT_AGENT: 'MASKED',  INTERNAL_APP: 'SECURITY',   CUSTOMER: 'DENY',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  THIRD_PARTY:       { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'GRANT', SUPPORT_AGENT: 'MASKED',  INTERNAL_APP: 'MASKED_FOR', CUSTOMER: 'CUSTOMERS', TEAM_MEMBER: 'DENY', COUNTERPARTY: 'OWN_NUMBER', OVERSEER: 'DENY' },
  COMMS_CONTENT:     { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'GRANT', SUPPORT_AGENT: 'TICKETS', INTERNAL_APP: 'DENY',       CUSTOMER: 'CUSTOMERS', TEAM_MEMBER: 'DENY', COUNTERPARTY: 'ROUTED',     OVERSEER: 'DENY' },
  AUDIO:             { SUBJECT: 'FULL', CONTROLLER_STAFF: 'GRANT',  PROCESSOR_STAFF: 'GRANT', SUPPORT_AGENT: 'GRANT',   INTERNAL_APP: 'DENY',       CUSTOMER: 'CUSTOMERS', TEAM_MEMBER: 'DENY', COUNTERPARTY: 'ROUTED',     OVERSEER: 'DENY' },
  INFERENCE:         { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'DENY',  SUPPORT_AGENT: 'DENY',    INTERNAL_APP: 'PURPOSE',    CUSTOMER: 'FULL',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'FULL',       OVERSEER: 'DENY' },
  AGGREGATE:         { SUBJECT: 'FULL', CONTROLLER_STAFF: 'FULL',   PROCESSOR_STAFF: 'COUNT', SUPPORT_AGENT: 'FULL',    INTERNAL_APP: 'PURPOSE',    CUSTOMER: 'FULL',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'COUNT' },
  CREDENTIAL_HOLDER: { SUBJECT: 'FULL', CONTROLLER_STAFF: 'MASKED', PROCESSOR_STAFF: 'DENY',  SUPPORT_AGENT: 'MASKED',  INTERNAL_APP: 'MASKED_FOR', CUSTOMER: 'DENY',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  SECRET_NEVER:      { SUBJECT: 'DENY', CONTROLLER_STAFF: 'DENY',   PROCESSOR_STAFF: 'DENY',  SUPPORT_AGENT: 'DENY',    INTERNAL_APP: 'DENY',       CUSTOMER: 'DENY',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
  FORBIDDEN:         { SUBJECT: 'DENY', CONTROLLER_STAFF: 'DENY',   PROCESSOR_STAFF: 'DENY',  SUPPORT_AGENT: 'DENY',    INTERNAL_APP: 'DENY',       CUSTOMER: 'DENY',      TEAM_MEMBER: 'DENY', COUNTERPARTY: 'DENY',       OVERSEER: 'DENY' },
} as const satisfies Record<Sensitivity, Record<Column, Cell>>;
