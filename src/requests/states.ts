import { CarryallError } from '../errors.ts';
import type { RIGHTS } from '../policy/words.ts';

/**
 * The life of a request, in one table.
 *
 * A request is filed by somebody who is recognised (FILE), or by somebody who only says who they are (FILE_UNPROVEN) and has
 * to show it first (PROVE). Received, it is routed: something is the operator's own to give (ROUTE_BUILD), a person must
 * decide (ROUTE_REVIEW: an unclear role, or a right that is answered by hand), all that could be given is held for a
 * controller who has not instructed it (ROUTE_INSTRUCT), or is that controller's to answer (ROUTE_FORWARD). Staff or an
 * instruction let it go on (APPROVE), or it is passed on after all (FORWARD).
 *
 * What is approved is built. Each build is an attempt with a number (BUILD adds one), and only the present attempt may
 * publish (PUBLISH) or give up (RELEASE, after which the next may try; FAIL, when no other will). The person or staff may ask
 * again for what failed (RETRY); staff may answer it by hand. What is ready counts as delivered once its last byte has gone out (DELIVER). Rights that no machine
 * fulfils end with a word to the person (ANSWER).
 *
 * What was ready and is lost, or is not what was made, is built again by itself (REBUILD), and the person need not ask anew. Should
 * the lost bundle turn up before the next build has begun, it is what was ready (FIND). After too many of these, and where
 * nothing could be built that is as safe, the request has failed (GIVE_UP). A bundle that the operator takes back (RECALL) is
 * not built again by itself, as it would hold the same: staff have it built (RETRY), answer by hand (ANSWER) or refuse.
 *
 * While nobody has an answer, a request can be refused with a reason (REFUSE), taken back (CANCEL), and its time extended once (EXTEND, Art.
 * 12(3)). What nobody fetches, and what nobody proves, ends by itself (EXPIRE).
 */
export const REQUEST_STATUSES = [
  'RECEIVED',
  'AWAITING_IDENTITY',
  'NEEDS_REVIEW',
  'INSTRUCTION_REQUIRED',
  'FORWARDED',
  'APPROVED',
  'BUILDING',
  'READY',
  'DELIVERED',
  'EXPIRED',
  'REFUSED',
  'CANCELLED',
  'FAILED',
  'RECALLED',
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

interface Transition {
  /** Null for what makes the request. */
  readonly from: readonly RequestStatus[] | null;
  readonly to: RequestStatus | 'SAME';
}

/** While a request is here, nobody has been told what becomes of it, and its clock runs. */
export const OPEN_STATUSES = [
  'RECEIVED',
  'AWAITING_IDENTITY',
  'NEEDS_REVIEW',
  'INSTRUCTION_REQUIRED',
  'APPROVED',
  'BUILDING',
  'FAILED',
  'RECALLED',
] as const satisfies readonly RequestStatus[];

/** Staff decide before a build or after it. */
const UNDECIDED = OPEN_STATUSES.filter((status) => status !== 'BUILDING');

export const TRANSITIONS = {
  FILE: { from: null, to: 'RECEIVED' },
  FILE_UNPROVEN: { from: null, to: 'AWAITING_IDENTITY' },
  PROVE: { from: ['AWAITING_IDENTITY'], to: 'RECEIVED' },
  ROUTE_BUILD: { from: ['RECEIVED'], to: 'APPROVED' },
  ROUTE_REVIEW: { from: ['RECEIVED'], to: 'NEEDS_REVIEW' },
  ROUTE_INSTRUCT: { from: ['RECEIVED'], to: 'INSTRUCTION_REQUIRED' },
  ROUTE_FORWARD: { from: ['RECEIVED'], to: 'FORWARDED' },
  APPROVE: { from: ['NEEDS_REVIEW', 'INSTRUCTION_REQUIRED'], to: 'APPROVED' },
  FORWARD: { from: ['NEEDS_REVIEW', 'INSTRUCTION_REQUIRED'], to: 'FORWARDED' },
  BUILD: { from: ['APPROVED'], to: 'BUILDING' },
  RELEASE: { from: ['BUILDING'], to: 'APPROVED' },
  PUBLISH: { from: ['BUILDING'], to: 'READY' },
  FAIL: { from: ['APPROVED', 'BUILDING'], to: 'FAILED' },
  RETRY: { from: ['FAILED', 'RECALLED'], to: 'APPROVED' },
  DELIVER: { from: ['READY'], to: 'DELIVERED' },
  REBUILD: { from: ['READY', 'DELIVERED'], to: 'APPROVED' },
  FIND: { from: ['APPROVED', 'FAILED'], to: 'READY' },
  GIVE_UP: { from: ['READY', 'DELIVERED'], to: 'FAILED' },
  RECALL: { from: ['READY', 'DELIVERED'], to: 'RECALLED' },
  ANSWER: { from: ['NEEDS_REVIEW', 'INSTRUCTION_REQUIRED', 'APPROVED', 'FAILED', 'RECALLED'], to: 'DELIVERED' },
  EXPIRE: { from: ['READY', 'DELIVERED', 'AWAITING_IDENTITY'], to: 'EXPIRED' },
  REFUSE: { from: UNDECIDED, to: 'REFUSED' },
  CANCEL: { from: OPEN_STATUSES, to: 'CANCELLED' },
  EXTEND: { from: OPEN_STATUSES, to: 'SAME' },
} as const satisfies Readonly<Record<string, Transition>>;

export type RequestStep = keyof typeof TRANSITIONS;
/** The steps of requests alone that are answered with a bundle. */
export const BUNDLE_STEPS: ReadonlySet<RequestStep> = new Set(['BUILD', 'REBUILD', 'FIND', 'GIVE_UP', 'RECALL']);
/** The steps that make a request. */
export type FilingStep = 'FILE' | 'FILE_UNPROVEN';

/** Where a step leads from a status; null where it does not begin there. */
export function statusAfter(step: RequestStep, from: RequestStatus): RequestStatus | null {
  const transition: Transition = TRANSITIONS[step];
  if (transition.from?.includes(from) !== true) return null;
  return transition.to === 'SAME' ? from : transition.to;
}

/** Says from where a step begins, and where the request is instead. */
export function wrongState(step: Exclude<RequestStep, FilingStep>, status: RequestStatus): CarryallError {
  const from = TRANSITIONS[step].from.join(', ');
  return new CarryallError('WRONG_STATE', `${step} is for requests that are ${from}; this one is ${status}.`);
}

export function isOpen(status: RequestStatus): boolean {
  return (OPEN_STATUSES as readonly RequestStatus[]).includes(status);
}

/**
 * The steps that open a request again after it was answered. Its date stays as it was: Art. 12(3) counts from the receipt of the
 * request, and gives no second month for an answer that was lost, damaged or taken back.
 */
export const REOPENING_STEPS: readonly RequestStep[] = (Object.keys(TRANSITIONS) as RequestStep[]).filter((step) => {
  const { from, to }: Transition = TRANSITIONS[step];
  return from !== null && to !== 'SAME' && isOpen(to) && !from.some(isOpen);
});

/**
 * While a request is here, its person has no second one of the same right. The partial unique index
 * data_subject_request_one_active says the same to the database.
 */
export const ACTIVE_STATUSES = [
  'RECEIVED',
  'NEEDS_REVIEW',
  'INSTRUCTION_REQUIRED',
  'APPROVED',
  'BUILDING',
] as const satisfies readonly RequestStatus[];

/** What a request may ask for here. A copy under both articles is two requests, filed together. */
export const REQUEST_RIGHTS = [
  'ACCESS',
  'PORTABILITY',
  'RECTIFICATION',
  'ERASURE',
  'RESTRICTION',
  'OBJECTION',
  'WITHDRAW_CONSENT',
] as const satisfies readonly (typeof RIGHTS)[number][];
export type RequestRight = (typeof REQUEST_RIGHTS)[number];

/** Whether a right is fulfilled with a bundle; the others are answered by hand. */
export function isBuilt(right: RequestRight): right is 'ACCESS' | 'PORTABILITY' {
  return right === 'ACCESS' || right === 'PORTABILITY';
}
