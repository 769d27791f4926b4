import { createComplexityRule } from '@pothos/plugin-complexity';
import { GraphQLError, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { limitPassed } from './document-limits.ts';
import { DOCUMENT_LIMITS } from './limits.ts';

/** An operation with its variables, as it is about to be executed. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * How much an operation may give at most: each field as its definition says, pages multiplied, `@include` and `@skip`
 * overlooked (G-28, G-30). Null for variables that do not fit, which execution refuses. Throws LIMIT_PASSED.
 */
export function complexityOf({ schema, document, operationName, variables: given }: Operation): number | null {
  // Clients may send null.
  const variables = given ?? {};
  const key = JSON.stringify([operationName ?? null, ...Object.entries(variables).filter(isWeighed)]);
  const weights = known.get(document) ?? new Map<string, number>();
  known.set(document, weights);
  let complexity: number | null = weights.get(key) ?? null;
  if (complexity !== null) return complexity;
  const rule = createComplexityRule({
    context: {},
    variableValues: { ...variables },
    ...(operationName === undefined ? {} : { operationName }),
    validate: (result) => {
      complexity = Math.max(complexity ?? 0, result.complexity);
    },
  });
  try {
    validate(schema, document, [rule]);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  if (complexity !== null && complexity > DOCUMENT_LIMITS.complexity) throw limitPassed('complexity');
  if (complexity !== null && weights.size < MOST_WEIGHTS) weights.set(key, complexity);
  return complexity;
}

/** What was found of documents, which are kept as they were parsed, by the variables that make a difference. */
const known = new WeakMap<DocumentNode, Map<string, number>>();
const MOST_WEIGHTS = 100;

/** The size of a page is a number; no text makes an answer larger. */
function isWeighed([, value]: readonly [string, unknown]): boolean {
  return typeof value !== 'string';
}
