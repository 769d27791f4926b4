/*
 * What is counted, in one table. Rooms count without knowing who listens; where nobody does, counting costs nothing. Labels
 * are codes, states and route patterns: nothing that a client chose, and no id.
 */

interface Metric {
  readonly kind: 'COUNTER' | 'HISTOGRAM';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper ends; of histograms only. */
  readonly buckets?: readonly number[];
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export const METRICS = {
  carryall_http_requests_total: {
    kind: 'COUNTER',
    help: 'Requests by route pattern and status',
    labels: ['method', 'route', 'status'],
  },
  carryall_http_request_seconds: {
    kind: 'HISTOGRAM',
    help: 'Seconds until the last byte of an answer',
    labels: ['route'],
    buckets: SECONDS,
  },
  carryall_graphql_operations_total: {
    kind: 'COUNTER',
    help: 'GraphQL operations by type, and by the code of their first error or OK',
    labels: ['type', 'outcome'],
  },
  carryall_sign_in_refusals_total: {
    kind: 'COUNTER',
    help: 'Callers who were not recognised, by the reason',
    labels: ['reason'],
  },
  carryall_denials_total: {
    kind: 'COUNTER',
    help: 'Looks and acts that were denied, by action and reason',
    labels: ['action', 'reason'],
  },
  carryall_audit_entries_total: {
    kind: 'COUNTER',
    help: 'Entries of the audit log, by action and outcome',
    labels: ['action', 'outcome'],
  },
  carryall_audit_failures_total: {
    kind: 'COUNTER',
    help: 'Entries that the audit log could not take; what they tell of was not done',
    labels: [],
  },
  carryall_faults_total: { kind: 'COUNTER', help: 'Faults that nobody was told of, by code', labels: ['code'] },
  carryall_builds_started_total: { kind: 'COUNTER', help: 'Attempts at a bundle that began', labels: [] },
  carryall_builds_ended_total: {
    kind: 'COUNTER',
    help: 'Attempts that ended: PUBLISHED, RELEASED, LOST or the code of the failure',
    labels: ['outcome'],
  },
  carryall_build_seconds: {
    kind: 'HISTOGRAM',
    help: 'Seconds that an attempt took',
    labels: ['outcome'],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
  },
  carryall_build_rows_total: { kind: 'COUNTER', help: 'Rows in published bundles', labels: [] },
  carryall_build_bytes_total: { kind: 'COUNTER', help: 'Bytes of published bundles', labels: [] },
  carryall_downloads_total: {
    kind: 'COUNTER',
    help: 'Connections of downloads that ended: COMPLETE, PART, BROKEN_OFF, ELSEWHERE, LOST, MISMATCH',
    labels: ['outcome'],
  },
  carryall_download_bytes_total: { kind: 'COUNTER', help: 'Bytes of bundles that went out', labels: [] },
  carryall_notices_total: {
    kind: 'COUNTER',
    help: 'Tries to send a notice, by channel and outcome: SENT, LATER, DROPPED',
    labels: ['channel', 'outcome'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
type NameOf<Kind> = { [M in MetricName]: (typeof METRICS)[M]['kind'] extends Kind ? M : never }[MetricName];
export type CounterName = NameOf<'COUNTER'>;
export type HistogramName = NameOf<'HISTOGRAM'>;
export type LabelsOf<M extends MetricName> = Readonly<Record<(typeof METRICS)[M]['labels'][number], string>>;

/** Whoever listens. */
export interface Meter {
  count(name: CounterName, labels: Readonly<Record<string, string>>, by: number): void;
  observe(name: HistogramName, labels: Readonly<Record<string, string>>, value: number): void;
}

let meter: Meter | null = null;

/** Lets a meter hear of all that is counted in this process, until it is disposed. */
export function measureWith(given: Meter): Disposable {
  meter = given;
  return {
    [Symbol.dispose]: () => {
      if (meter === given) meter = null;
    },
  };
}

/** Counts. */
export function count<M extends CounterName>(name: M, labels: LabelsOf<M>, by = 1): void {
  meter?.count(name, labels, by);
}

/** Notes one value of many, such as how long something took. */
export function observe<M extends HistogramName>(name: M, labels: LabelsOf<M>, value: number): void {
  meter?.observe(name, labels, value);
}
