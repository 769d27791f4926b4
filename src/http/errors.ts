import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { CarryallError, type ErrorCode } from '../errors.ts';

/** The code under which a client sees an error of ours; null for those that are no client's business. */
function clientCode(code: ErrorCode): string | null {
  switch (code) {
    case 'BAD_INPUT':
      return 'BAD_USER_INPUT';
    case 'NOT_FOUND':
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'PURPOSE_REQUIRED':
    case 'BUNDLE_TOO_LARGE':
      return code;
    case 'POLICY_INVALID':
    case 'IMPORT_REFUSED':
    case 'DATABASE_MISSING':
    case 'DATABASE_TOO_OLD':
    case 'DATABASE_NEWER':
    case 'DATABASE_IN_USE':
    case 'DATABASE_FAILED':
    case 'MIGRATION_BROKEN':
    case 'BUNDLE_FAILED':
    case 'FOREIGN_ROW':
    case 'SECRET_FOUND':
    case 'KEYS_INVALID':
    case 'OUTPUT_FAILED':
    case 'CANCELLED':
      return null;
    default:
      return code satisfies never;
  }
}

/** The error as a client may see it: ours under a code, GraphQL's own as they are, and of all others only that there was one. */
export function toClientError(error: unknown): GraphQLError {
  const where = error instanceof GraphQLError ? placeOf(error) : {};
  const origin = originOf(error);
  if (origin instanceof CarryallError) {
    const code = clientCode(origin.code);
    if (code !== null) return new GraphQLError(origin.message, { ...where, extensions: { code } });
  }
  if (error instanceof GraphQLError && origin instanceof GraphQLError) {
    const status = httpStatusOf(error);
    return new GraphQLError(error.message, {
      ...where,
      extensions: { code: codeOf(error), ...(status === null ? {} : { http: { status } }) },
    });
  }
  return new GraphQLError('Something went wrong here. It was noted.', { ...where, extensions: { code: 'INTERNAL' } });
}

/** Whether the error is a fault of ours that an operator should hear of. */
export function isFault(error: unknown): boolean {
  return toClientError(error).extensions['code'] === 'INTERNAL';
}

function placeOf({ nodes, path }: GraphQLError): Pick<GraphQLErrorOptions, 'nodes' | 'path'> {
  return { nodes: nodes ?? null, path: path ?? null };
}

function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? originOf(error.originalError) : error;
}

function codeOf({ extensions }: GraphQLError): string {
  const code = extensions['code'];
  return typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR' ? code : 'BAD_USER_INPUT';
}

function httpStatusOf({ extensions }: GraphQLError): number | null {
  const http = extensions['http'] as { readonly status?: unknown } | undefined;
  return typeof http?.status === 'number' ? http.status : null;
}
