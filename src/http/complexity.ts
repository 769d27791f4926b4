import { createComplexityRule } from '@pothos/plugin-complexity';
import { GraphQLError, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { limitPassed } from './document-limits.ts';
import { DOCUMENT_LIMITS } from './limits.ts';

/** An operation with its variables, as it is about to be executed. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/**
 * How much an operation may give at most: each field as its definition says, pages multiplied, `@include` and `@skip`
 * overlooked (G-28, G-30). Null for variables that do not fit, which execution refuses. Throws LIMIT_PASSED.
 */
export function complexityOf({ schema, document, operationName, variables = {} }: Operation): number | null {
  let complexity: number | null = null;
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
  return complexity;
}
