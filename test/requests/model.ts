import type { RequestRight, RequestStatus } from '../../src/requests/states.ts';

/** What the model knows of one request. */
export interface Modelled {
  readonly id: string;
  readonly right: RequestRight;
  readonly receivedDay: number;
  status: RequestStatus;
  attempt: number;
  isExtended: boolean;
  /** How many links to its bundle there are that were neither used nor revoked. */
  links: number;
  steps: string[];
  builds: number;
}

/** Requests of one person at an operator that answers for everything itself, told as plainly as can be. */
export interface Model {
  day: number;
  readonly requests: Modelled[];
}

/** So many copies of a kind a month are built unseen; few, so that runs get beyond them. */
export const UNSEEN_COPIES = 1;
const MONTH_DAYS = 31;
const MOST_REBUILDS = 3;

export const isCopy = (right: RequestRight): boolean => right === 'ACCESS' || right === 'PORTABILITY';

export function activeOf({ requests }: Model, right: RequestRight): Modelled | undefined {
  return requests.find(
    (each) => each.right === right && isCopy(right) && ['NEEDS_REVIEW', 'APPROVED', 'BUILDING'].includes(each.status),
  );
}

/** Where a request that is received goes at once. */
export function route(model: Model, request: Modelled): void {
  const { right } = request;
  // Of the month before it came, and since; when it was proven is no matter.
  const copies = model.requests.filter(
    (each) => each !== request && each.right === right && request.receivedDay - each.receivedDay < MONTH_DAYS,
  );
  if (!isCopy(right)) to(request, 'ROUTE_REVIEW', 'NEEDS_REVIEW');
  else if (copies.length >= UNSEEN_COPIES) to(request, 'ROUTE_REVIEW', 'NEEDS_REVIEW');
  else to(request, 'ROUTE_BUILD', 'APPROVED');
}

function to(request: Modelled, step: string, status: RequestStatus): true {
  request.status = status;
  request.steps.push(step);
  if (status === 'APPROVED' && step !== 'RELEASE' && isCopy(request.right)) request.builds += 1;
  return true;
}

/** What may be done to a request by the things that happen to it. Each says whether it is done. */
export const ACTS = {
  prove(model, request) {
    if (request.status !== 'AWAITING_IDENTITY') return false;
    if (activeOf(model, request.right) !== undefined) return false;
    to(request, 'PROVE', 'RECEIVED');
    route(model, request);
    return true;
  },
  approve: (_model, request) => request.status === 'NEEDS_REVIEW' && to(request, 'APPROVE', 'APPROVED'),
  build(_model, request) {
    if (request.status !== 'APPROVED' || !isCopy(request.right)) return false;
    request.attempt += 1;
    return to(request, 'BUILD', 'BUILDING');
  },
  crash: (_model, request) => request.status === 'BUILDING' && to(request, 'RELEASE', 'APPROVED'),
  publish(_model, request) {
    if (request.status !== 'BUILDING') return false;
    // A link leads to one bundle, and this is another.
    request.links = 0;
    return to(request, 'PUBLISH', 'READY');
  },
  link(_model, request) {
    if (!isServed(request)) return false;
    request.links += 1;
    return true;
  },
  revoke(_model, request) {
    if (request.links === 0) return false;
    request.links -= 1;
    return true;
  },
  /** Somebody comes with a link that was used or revoked, or leads to a bundle before this one. */
  stale: () => false,
  /** An attempt that was given up wakes and wants to publish. */
  zombie: () => false,
  fail: (_model, request) => ['APPROVED', 'BUILDING'].includes(request.status) && to(request, 'FAIL', 'FAILED'),
  retry(model, request) {
    if (request.status !== 'FAILED' || activeOf(model, request.right) !== undefined) return false;
    return to(request, 'RETRY', 'APPROVED');
  },
  /** Staff ask, who may do so also for what was taken back. */
  retryByStaff(model, request) {
    if (!['FAILED', 'RECALLED'].includes(request.status) || activeOf(model, request.right) !== undefined) return false;
    return to(request, 'RETRY', 'APPROVED');
  },
  /** The bundle turns out to be lost, or not what was made. */
  lose(model, request) {
    if (!isCopy(request.right) || !['READY', 'DELIVERED'].includes(request.status)) return false;
    if (activeOf(model, request.right) !== undefined) return to(request, 'EXPIRE', 'EXPIRED');
    const rebuilds = request.steps.filter((step) => step === 'REBUILD').length;
    return rebuilds < MOST_REBUILDS ? to(request, 'REBUILD', 'APPROVED') : to(request, 'GIVE_UP', 'FAILED');
  },
  find: (_model, request) =>
    isCopy(request.right) && ['APPROVED', 'FAILED'].includes(request.status) && to(request, 'FIND', 'READY'),
  recall: (_model, request) =>
    isCopy(request.right) && ['READY', 'DELIVERED'].includes(request.status) && to(request, 'RECALL', 'RECALLED'),
  /** The whole of it is fetched, by its link; what was fetched before counts as delivered already. */
  download(_model, request) {
    if (!isServed(request) || request.links === 0) return false;
    request.links -= 1;
    return request.status === 'DELIVERED' || to(request, 'DELIVER', 'DELIVERED');
  },
  expire: (_model, request) =>
    ['READY', 'DELIVERED', 'AWAITING_IDENTITY'].includes(request.status) && to(request, 'EXPIRE', 'EXPIRED'),
  cancel: (_model, request) => isWaiting(request) && to(request, 'CANCEL', 'CANCELLED'),
  refuse: (_model, request) => isWaiting(request) && request.status !== 'BUILDING' && to(request, 'REFUSE', 'REFUSED'),
  answer(_model, request) {
    const byHand = isCopy(request.right) ? ['FAILED', 'RECALLED'] : ['NEEDS_REVIEW', 'APPROVED', 'FAILED', 'RECALLED'];
    return byHand.includes(request.status) && to(request, 'ANSWER', 'DELIVERED');
  },
  extend(model, request) {
    if (!isWaiting(request) || request.isExtended || model.day - request.receivedDay > MONTH_DAYS) return false;
    request.isExtended = true;
    request.steps.push('EXTEND');
    return true;
  },
} as const satisfies Readonly<Record<string, (model: Model, request: Modelled) => boolean>>;

export type ActName = keyof typeof ACTS;

/** Whether there is a bundle that may be fetched. */
function isServed({ status, right }: Modelled): boolean {
  return isCopy(right) && (status === 'READY' || status === 'DELIVERED');
}

/** Whether somebody waits for an answer. */
export function isWaiting({ status }: Modelled): boolean {
  return ['AWAITING_IDENTITY', 'NEEDS_REVIEW', 'APPROVED', 'BUILDING', 'FAILED', 'RECALLED'].includes(status);
}
