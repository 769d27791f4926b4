/** Why somebody looks, as it goes with each request. */
export interface Declaration {
  readonly purpose: string;
  /** Empty where a ticket says it. */
  readonly reason: string;
  /** Empty where there is none. */
  readonly ticket: string;
}

/** Under what a request is sent: a session's cookie, which the browser adds, or a token. */
export interface Sender {
  readonly token: string | null;
  readonly declaration: Declaration | null;
}

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | null | undefined;
}

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: { readonly privacy?: unknown };
}

/** Sends one operation to the gateway. Rejects when there is no gateway, or when it gives no answer of its kind. */
export async function ask({ token, declaration }: Sender, operation: Operation): Promise<Answer> {
  const response = await fetch('/graphql', {
    method: 'POST',
    // Redirects would take the headers elsewhere.
    redirect: 'error',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-carryall-csrf': '1',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(declaration === null
        ? {}
        : {
            'x-carryall-purpose': declaration.purpose,
            'x-carryall-reason': declaration.reason,
            'x-carryall-ticket': declaration.ticket,
          }),
    },
    body: JSON.stringify(operation),
  });
  return (await response.json()) as Answer;
}

/** True when the gateway does not know, or no longer knows, who asks. */
export function isStranger({ errors = [] }: Answer): boolean {
  return errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
}
