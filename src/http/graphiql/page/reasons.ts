import type { DenialReason } from '../../../access/visibility.ts';

interface Words {
  readonly what: string;
  /** What can be done about it, if anything. */
  readonly wayOut: string | null;
}

/** Why a value is null, for people. */
export const REASONS: Readonly<Record<DenialReason, Words>> = {
  WITHHELD: { what: 'Your role does not get this.', wayOut: null },
  NOT_COLLECTED: { what: 'Nothing is there, or the privacy policy does not name it.', wayOut: null },
  EXPIRED: { what: 'Its retention is over.', wayOut: null },
  ROUTED: { what: 'Somebody else is controller of it, and answers for it.', wayOut: null },
  HELD_ON_DEVICE: { what: "It is kept on the person's device only.", wayOut: null },
  HELD_BY_THIRD_PARTY: { what: 'A third party holds it, not the operator.', wayOut: null },
  INSTRUCTION_REQUIRED: { what: 'It belongs to a customer, whose instruction is needed.', wayOut: null },
  PURPOSE_REQUIRED: {
    what: 'The privacy policy does not use it for your purpose.',
    wayOut: 'If another purpose is why you look, change it above.',
  },
  GRANT_REQUIRED: { what: 'It is shown under a grant only.', wayOut: 'Ask for one; somebody else approves it.' },
  DELETION_PENDING: { what: 'The person has asked for deletion.', wayOut: null },
};
