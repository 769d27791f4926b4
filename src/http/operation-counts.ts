import { getOperationAST, type ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { count } from '../metrics.ts';
import { traced, type OpenSpan } from '../spans.ts';
import { isClientCode } from './error-codes.ts';

const spans = new WeakMap<Request, OpenSpan<'graphql.operation'>>();

/** Executes a request within a span, which the plugin tells what it was. */
export function tracedOperation(request: Request, work: () => Promise<Response>): Promise<Response> {
  return traced('graphql.operation', {}, (span) => {
    spans.set(request, span);
    return work();
  });
}

/** Counts operations by type and outcome. How an operation is called is its sender's word, and is not told. */
export function useOperationCounts(): Plugin {
  const types = new WeakMap<Request, string>();
  const note = ({ document, operationName, contextValue }: ExecutionArgs): void => {
    const { request } = contextValue as { readonly request: Request };
    types.set(request, getOperationAST(document, operationName)?.operation ?? NOT_EXECUTED);
  };
  return {
    onExecute: ({ args }) => note(args),
    onSubscribe: ({ args }) => note(args as ExecutionArgs),
    onResultProcess: ({ request, result }) => {
      const told = { type: types.get(request) ?? NOT_EXECUTED, outcome: outcomeOf(result) };
      count('carryall_graphql_operations_total', told);
      spans.get(request)?.note(told);
    },
  };
}

const NOT_EXECUTED = 'none';

function outcomeOf(result: unknown): string {
  if (typeof result !== 'object' || result === null) return 'OTHER';
  if (Symbol.asyncIterator in result) return 'STREAM';
  const { errors } = result as { readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[] };
  if (errors === undefined) return 'OK';
  const code = errors[0]?.extensions?.code;
  return isClientCode(code) ? code : 'OTHER';
}
