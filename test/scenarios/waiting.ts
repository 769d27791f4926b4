/** What is left of a scenario of which a test shows the rest, and what that waits for. */
export const WAITING = {
  'AS-07': 'the erasure itself: it is asked for, timed and answered by hand',
} as const satisfies Readonly<Record<string, string>>;

/** Every scenario of the specification. */
export const SCENARIOS = [
  'AS-01',
  'AS-02',
  'AS-03',
  'AS-04',
  'AS-06',
  'AS-07',
  'AS-08',
  'AS-09',
  'AS-11',
  'AS-12',
  'AS-14',
  'AS-16',
  'AS-17',
  'AS-19',
  'AS-21',
  'AS-22',
  'AS-23',
  'AS-24',
  'AS-25',
  'AS-28',
  'AS-30',
  'AS-32',
  'AS-33',
  'AS-35',
  'AS-37',
  'AS-40',
] as const;
