import type { TypedDocumentString } from '../../src/generated/portal-documents/graphql.ts';

/** Why staff look, as it goes with each request. */
export interface Declaration {
  readonly purpose: string;
  readonly reason: string;
  /** Empty where there is none. */
  readonly ticket: string;
}

/** Why a value is null, by where it stands in the answer. */
export interface PrivacyReport {
  readonly nulls: readonly { readonly path: readonly (string | number)[]; readonly reason: string }[];
}

export interface Answer<Result> {
  readonly data: Result;
  readonly privacy: PrivacyReport;
}

/** An answer that is none: the gateway's code, or OFFLINE where there was no answer at all. */
export class AskError extends Error {
  readonly code: string;
  /** Seconds after which it may be tried again, where the gateway says so. */
  readonly retryAfter: number | null;

  constructor(code: string, message: string, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

interface Body<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: { readonly privacy?: PrivacyReport };
}

const NOTHING_TOLD: PrivacyReport = { nulls: [] };

/** Sends a document by its hash: the gateway knows the portal's documents. Throws AskError. */
export async function ask<Result, Variables>(
  declaration: Declaration | null,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Answer<Result>> {
  const response = await send(declaration, document, variables, 'application/json', signal);
  const body = (await response.json().catch(() => null)) as Body<Result> | null;
  const [fault] = body?.errors ?? [];
  if (fault !== undefined) {
    const after = Number(response.headers.get('retry-after') ?? NaN);
    throw new AskError(fault.extensions?.code ?? 'INTERNAL', fault.message, Number.isNaN(after) ? null : after);
  }
  if (body?.data === undefined || body.data === null) throw new AskError('OFFLINE', `HTTP ${response.status}`);
  return { data: body.data, privacy: body.extensions?.privacy ?? NOTHING_TOLD };
}

/** The request itself; what comes back is read by its kind. Throws AskError where nothing comes back. */
export async function send<Result, Variables>(
  declaration: Declaration | null,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  accept: 'application/json' | 'text/event-stream',
  signal?: AbortSignal,
): Promise<Response> {
  try {
    return await fetch('/graphql', {
      method: 'POST',
      // Redirects would take the headers elsewhere.
      redirect: 'error',
      headers: {
        accept,
        'content-type': 'application/json',
        'x-carryall-csrf': '1',
        ...(declaration === null
          ? {}
          : {
              'x-carryall-purpose': declaration.purpose,
              'x-carryall-reason': declaration.reason,
              'x-carryall-ticket': declaration.ticket,
            }),
      },
      body: JSON.stringify({ documentId: document.__meta__?.['hash'], variables }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new AskError('OFFLINE', 'The gateway does not answer.');
  }
}
