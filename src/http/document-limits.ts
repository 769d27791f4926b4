import {
  GraphQLError,
  Kind,
  parse,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type ParseOptions,
  type SelectionSetNode,
  type Source,
} from 'graphql';
import { refusal } from './errors.ts';
import { DOCUMENT_LIMITS, type DocumentLimit } from './limits.ts';

/** Parses a document and refuses one that asks for too much, before anything else walks over it (G-12 to G-31). */
export function parseWithinLimits(source: string | Source, options?: ParseOptions): DocumentNode {
  const document = parseBounded(source, options);
  assertWritten(document);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of document.definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  assertLimit('fragments', fragments.size);
  const measured = new Map<SelectionSetNode, Size>();
  for (const each of document.definitions) {
    if (each.kind !== Kind.OPERATION_DEFINITION && each.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { depth, fields, repeats, names } = measure(each.selectionSet, fragments, measured);
    assertLimit('repeats', repeats);
    assertLimit('fields', fields);
    // The depth of a fragment counts where it is spread; those of GraphiQL's introspection are deep.
    if (each.kind === Kind.FRAGMENT_DEFINITION) continue;
    assertLimit('depth', depth);
    if (each.operation === 'mutation') assertOneMutation(names);
  }
  return document;
}

/** Refuses variables with lists that are too long or values that are nested too deeply (G-31). */
export function assertVariables(variables: unknown): void {
  let level: readonly unknown[] = [variables];
  for (let nesting = 0; level.length > 0; nesting += 1) {
    assertLimit('nesting', nesting);
    for (const value of level) if (Array.isArray(value)) assertLimit('list', value.length);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

/** The answer to whoever passes a limit; it names the limit, and not where it lies (G-19). */
export function limitPassed(limit: DocumentLimit): GraphQLError {
  return refusal('LIMIT_PASSED', `The document passes the limit "${limit}". Ask for less at a time.`);
}

function assertLimit(limit: DocumentLimit, count: number): void {
  if (count > DOCUMENT_LIMITS[limit]) throw limitPassed(limit);
}

function parseBounded(source: string | Source, options?: ParseOptions): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: DOCUMENT_LIMITS.tokens });
  } catch (error) {
    if (error instanceof RangeError) throw limitPassed('depth');
    if (error instanceof GraphQLError && /tokens\. Parsing aborted/.test(error.message)) throw limitPassed('tokens');
    throw error;
  }
}

/** What is counted as it is written. */
function assertWritten(document: DocumentNode): void {
  let aliases = 0;
  let directives = 0;
  visit(document, {
    Field: ({ alias }) => {
      if (alias !== undefined) aliases += 1;
    },
    Directive: () => {
      directives += 1;
    },
    ListValue: ({ values }) => assertLimit('list', values.length),
  });
  assertLimit('aliases', aliases);
  assertLimit('directives', directives);
}

/** A mutation does one thing, so that trying a code a hundred times takes a hundred requests (G-14, G-15). */
function assertOneMutation(names: ReadonlyMap<string, number>): void {
  if (names.size + repeatsOf(names) > 1) throw refusal('GRAPHQL_VALIDATION_FAILED', 'A mutation has one field.');
}

/** A selection set with its fragments put in place. */
interface Size {
  readonly depth: number;
  readonly fields: number;
  readonly repeats: number;
  /** How often each name of the answer stands in the set itself. */
  readonly names: ReadonlyMap<string, number>;
}

const NOTHING: Size = { depth: 0, fields: 0, repeats: 0, names: new Map() };

/** Each set is measured once, however often it is spread; one within itself counts nothing, validation refuses it (G-22). */
function measure(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measured: Map<SelectionSetNode, Size>,
): Size {
  const known = measured.get(set);
  if (known !== undefined) return known;
  measured.set(set, NOTHING);
  let [depth, fields, within] = [0, 0, 0];
  const names = new Map<string, number>();
  const count = (name: string, times: number): void => void names.set(name, (names.get(name) ?? 0) + times);
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const { name, alias, selectionSet } = selection;
      count((alias ?? name).value, 1);
      // The schema's own description has a rule of its own, in GraphQL.
      const inner =
        selectionSet === undefined || name.value.startsWith('__')
          ? NOTHING
          : measure(selectionSet, fragments, measured);
      depth = Math.max(depth, inner.depth + 1);
      fields += inner.fields + 1;
      within += inner.repeats;
    } else {
      const spread = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const inner = spread === undefined ? NOTHING : measure(spread.selectionSet, fragments, measured);
      depth = Math.max(depth, inner.depth);
      fields += inner.fields;
      within += inner.repeats - repeatsOf(inner.names);
      for (const [name, times] of inner.names) count(name, times);
    }
  }
  const size = { depth, fields, repeats: within + repeatsOf(names), names };
  measured.set(set, size);
  return size;
}

function repeatsOf(names: ReadonlyMap<string, number>): number {
  let repeats = 0;
  for (const times of names.values()) repeats += times - 1;
  return repeats;
}
