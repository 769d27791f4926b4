import { GraphQLError, Kind, type GraphQLErrorOptions } from 'graphql';
import { CarryallError, type ErrorCode } from '../errors.ts';
import { isUnreachable } from '../store/unreachable.ts';
import { CLIENT_ERRORS, isClientCode, type ClientCode } from './error-codes.ts';

/** The code under which a client sees an error of ours; null for those that are no client's business. */
function clientCode(code: ErrorCode): ClientCode | null {
  switch (code) {
    case 'BAD_INPUT':
      return 'BAD_USER_INPUT';
    case 'NOT_FOUND':
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'PURPOSE_REQUIRED':
    case 'STEP_UP_REQUIRED':
    case 'WRONG_STATE':
    case 'IDEMPOTENCY_MISMATCH':
    case 'BUNDLE_TOO_LARGE':
      return code;
    case 'POLICY_INVALID':
    case 'IMPORT_REFUSED':
    case 'DATABASE_MISSING':
    case 'DATABASE_TOO_OLD':
    case 'DATABASE_NEWER':
    case 'DATABASE_IN_USE':
    case 'DATABASE_FAILED':
    case 'TENANTS_NOT_APART':
    case 'MIGRATION_BROKEN':
    case 'BUNDLE_FAILED':
    case 'FOREIGN_ROW':
    case 'SECRET_FOUND':
    case 'KEYS_INVALID':
    case 'UNSAFE_CONFIGURATION':
    case 'NOTICES_WAIT':
    case 'OUTPUT_FAILED':
    case 'CANCELLED':
      return null;
    default:
      return code satisfies never;
  }
}

/** Errors whose words are ours, and fit for everybody. */
const ours = new WeakSet<GraphQLError>();

/** An error that refuses a request before anything is done for it; its status comes with its code. */
export function refusal(
  code: ClientCode,
  message: string = CLIENT_ERRORS[code].meaning,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError {
  const { status } = CLIENT_ERRORS[code];
  // As GraphQL over HTTP says, an answer of the older kind, application/json, has 200 for what is wrong with a document.
  const spec = status === 400;
  const error = new GraphQLError(message, { extensions: { code, http: { status, headers, spec } } });
  ours.add(error);
  return error;
}

/** A PostgreSQL that was stopped is back, or its deputy has taken over, in about this time. */
export const RETRY_AFTER_SECONDS = '5';

/** The error as a client may see it: ours under a code, GraphQL's own as they are, and of all others only that there was one. */
export function toClientError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError && ours.has(error)) return error;
  const where = error instanceof GraphQLError ? placeOf(error) : {};
  const origin = originOf(error);
  if (isUnreachable(origin)) {
    const { message, extensions } = refusal('UNAVAILABLE', undefined, { 'retry-after': RETRY_AFTER_SECONDS });
    return own(new GraphQLError(message, { ...where, extensions }));
  }
  if (origin instanceof CarryallError) {
    const code = clientCode(origin.code);
    if (code !== null) return own(new GraphQLError(origin.message, { ...where, extensions: { code } }));
  }
  if (error instanceof GraphQLError && origin instanceof GraphQLError) {
    if (ours.has(origin)) return own(new GraphQLError(origin.message, { ...where, extensions: origin.extensions }));
    const code = codeOf(error);
    const http = httpOf(error);
    // One rule of GraphQL suggests even when it is told not to.
    return new GraphQLError(error.message.replace(/ Did you mean [^?]*\?/, ''), {
      ...where,
      // What is no request has its status in answers of every kind.
      extensions: {
        code,
        ...(http === null ? {} : { http: code === 'BAD_REQUEST' ? { ...http, spec: false } : http }),
      },
    });
  }
  return own(new GraphQLError(CLIENT_ERRORS.INTERNAL.meaning, { ...where, extensions: { code: 'INTERNAL' } }));
}

/** The same for those to whom the schema is not told: GraphQL's own messages name types and fields (G-10). */
export function toQuietError(error: unknown): GraphQLError {
  const told = toClientError(error);
  if (ours.has(told)) return told;
  const code = codeOf(told);
  return own(
    new GraphQLError(CLIENT_ERRORS[code].meaning, {
      ...placeOf(told),
      // A path of a syntax error does not exist, its place does.
      ...(told.source === undefined ? {} : { source: told.source, positions: told.positions ?? null }),
      extensions: { ...told.extensions, code },
    }),
  );
}

/** Whether the error is a fault of ours that an operator should hear of. */
export function isFault(error: unknown): boolean {
  return toClientError(error).extensions['code'] === 'INTERNAL';
}

/** The answer of a route that is not GraphQL's. */
export function errorResponse(error: unknown): Response {
  const { message, extensions } = toClientError(error);
  const code = isClientCode(extensions['code']) ? extensions['code'] : 'INTERNAL';
  const headers = httpOf({ extensions })?.headers ?? {};
  return Response.json(
    { errors: [{ message, extensions: { code } }] },
    {
      status: CLIENT_ERRORS[code].status,
      headers: {
        'cache-control': 'no-store',
        ...(code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
        ...headers,
      },
    },
  );
}

interface Http {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly spec?: boolean;
}

/** Yoga reads the status and the headers of an answer here, and sends nothing of it. */
function httpOf({ extensions }: Pick<GraphQLError, 'extensions'>): Http | null {
  return (extensions['http'] as Http | undefined) ?? null;
}

function own(error: GraphQLError): GraphQLError {
  ours.add(error);
  return error;
}

function placeOf({ nodes, path }: GraphQLError): Pick<GraphQLErrorOptions, 'nodes' | 'path'> {
  return { nodes: nodes ?? null, path: path ?? null };
}

function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? originOf(error.originalError) : error;
}

function codeOf({ extensions, nodes }: GraphQLError): ClientCode {
  const { code } = extensions;
  // A wrong value is the user's, a wrong document the programmer's.
  if (code === 'GRAPHQL_VALIDATION_FAILED' && nodes?.[0] !== undefined && VALUES.has(nodes[0].kind))
    return 'BAD_USER_INPUT';
  if (isClientCode(code)) return code;
  return code === undefined ? 'BAD_USER_INPUT' : 'BAD_REQUEST';
}

const VALUES: ReadonlySet<Kind> = new Set([
  Kind.ARGUMENT,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);
