/**
 * Every code that a client may see, with its HTTP status and what it means; docs/errors.md is tested against it. Codes are
 * stable: messages may change, and clients read codes. A GraphQL answer has the status only where nothing was executed.
 */
export const CLIENT_ERRORS = {
  UNAUTHENTICATED: { status: 401, meaning: 'Nobody known asks. Send a valid token, or sign in.' },
  FORBIDDEN: { status: 403, meaning: 'You may not do this.' },
  CSRF_HEADER_REQUIRED: {
    status: 403,
    meaning: 'The request lacks the header that no other site can make a browser send.',
  },
  NOT_FOUND: { status: 404, meaning: 'There is no such thing, or not for you.' },
  GONE: { status: 410, meaning: 'There was such a thing, and it can be had no longer.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'Queries come by POST or GET, all else by POST.' },
  NOT_ACCEPTABLE: { status: 406, meaning: 'Answers are JSON, and events a stream.' },
  BAD_REQUEST: { status: 400, meaning: 'The request is not what HTTP or GraphQL over HTTP say.' },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body has too many bytes.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'The body is not declared as application/json.' },
  RATE_LIMITED: { status: 429, meaning: 'Too much was asked in a short time. Retry-After says when to go on.' },
  GRAPHQL_PARSE_FAILED: { status: 400, meaning: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, meaning: 'The document does not fit the schema.' },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: 'The document has no such operation, or several to choose from.',
  },
  INTROSPECTION_REFUSED: { status: 400, meaning: 'The schema is told to staff only.' },
  LIMIT_PASSED: { status: 400, meaning: 'The document asks for too much at a time. The message names the limit.' },
  PERSISTED_QUERY_NOT_IN_LIST: { status: 400, meaning: 'No document is known by this hash.' },
  PERSISTED_QUERY_ONLY: { status: 400, meaning: 'You may send known documents only, by their hash.' },
  CANNOT_SEND_PQ_ID_AND_BODY: { status: 400, meaning: 'Send a hash or a document, not both.' },
  BAD_USER_INPUT: { status: 400, meaning: 'A value that you sent is not usable.' },
  PURPOSE_REQUIRED: {
    status: 403,
    meaning:
      'Say for which purpose you look (x-carryall-purpose) and, as staff, why (x-carryall-reason or x-carryall-ticket).',
  },
  STEP_UP_REQUIRED: { status: 403, meaning: 'Sign in again first: this wants a fresh proof that it is you.' },
  WRONG_STATE: {
    status: 409,
    meaning: 'What you ask cannot be done in the state that this is in. The message names both.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 409,
    meaning: 'This idempotency key was used for another question. Send another key.',
  },
  BUNDLE_TOO_LARGE: { status: 400, meaning: 'The bundle is too large for an answer. Ask for a file.' },
  OPERATION_TIMEOUT: { status: 504, meaning: 'The operation took too long and was stopped. Ask for less at a time.' },
  UNAVAILABLE: {
    status: 503,
    meaning: 'The gateway cannot answer for the moment. Retry-After says when to ask again.',
  },
  INTERNAL: { status: 500, meaning: 'Something went wrong here, and was noted.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly meaning: string }>>;

export type ClientCode = keyof typeof CLIENT_ERRORS;

export function isClientCode(code: unknown): code is ClientCode {
  return typeof code === 'string' && Object.hasOwn(CLIENT_ERRORS, code);
}
