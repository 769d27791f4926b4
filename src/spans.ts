/*
 * What is traced, in one table. As with metrics, rooms tell without knowing who listens. A span has the attributes that are
 * named here and no others; values are codes, counts, patterns and digests, and the texts among them are checked.
 */
export const SPANS = {
  'http.admission': ['method', 'route', 'kind'],
  'http.request': ['method', 'route', 'status'],
  'graphql.operation': ['type', 'outcome', 'persisted'],
  'database.transaction': ['kind'],
  'bundle.build': ['scope', 'format', 'outcome'],
  'bundle.stage': ['stage'],
  'bundle.download': ['outcome'],
  'notice.send': ['channel', 'kind', 'outcome'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type SpanName = keyof typeof SPANS;
export type AttributesOf<S extends SpanName> = Readonly<
  Partial<Record<(typeof SPANS)[S][number], string | number | boolean>>
>;

/** A span that is open. */
export interface OpenSpan<S extends SpanName> {
  /** Says what was known only later. */
  readonly note: (attributes: AttributesOf<S>) => void;
}

/** Whoever listens: runs `work` within a span. */
export interface SpanMaker {
  run<T>(
    name: SpanName,
    attributes: Readonly<Record<string, string | number | boolean | undefined>>,
    work: (span: {
      note(attributes: Readonly<Record<string, string | number | boolean | undefined>>): void;
    }) => Promise<T>,
  ): Promise<T>;
}

let maker: SpanMaker | null = null;
const UNHEARD = { note: () => {} };

/** Lets somebody hear of all that is traced in this process, until it is disposed. */
export function traceWith(given: SpanMaker): Disposable {
  maker = given;
  return {
    [Symbol.dispose]: () => {
      if (maker === given) maker = null;
    },
  };
}

/** Does `work` within a span. What it throws is told of by its code only, and thrown on. */
export function traced<S extends SpanName, T>(
  name: S,
  attributes: AttributesOf<S>,
  work: (span: OpenSpan<S>) => Promise<T>,
): Promise<T> {
  return maker === null ? work(UNHEARD) : maker.run(name, attributes, work);
}
