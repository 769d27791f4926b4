import type { RefusalGround } from '../../src/generated/portal-documents/graphql.ts';

/** Why a request may be refused; one that the gateway has and this list lacks is a type error. */
const ALL = {
  MANIFESTLY_UNFOUNDED: true,
  EXCESSIVE: true,
  IDENTITY_NOT_PROVEN: true,
  RIGHTS_OF_OTHERS: true,
  LEGAL_OBLIGATION: true,
  LEGAL_CLAIMS: true,
  NOT_APPLICABLE: true,
} as const satisfies Record<RefusalGround, true>;

export const GROUNDS = Object.keys(ALL) as [RefusalGround, ...RefusalGround[]];
