import type { RequestStep } from '../../src/requests/states.ts';

/** What staff can do with a request. */
export const STAFF_STEPS = [
  'APPROVE',
  'RETRY',
  'ANSWER',
  'FORWARD',
  'EXTEND',
  'REFUSE',
] as const satisfies readonly RequestStep[];
export type StaffStep = (typeof STAFF_STEPS)[number];

export const STEP_NAMES = {
  APPROVE: 'approve',
  RETRY: 'retry',
  ANSWER: 'answer',
  FORWARD: 'forward',
  EXTEND: 'extend',
  REFUSE: 'refuse',
} as const satisfies Record<StaffStep, string>;
