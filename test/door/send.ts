import type { Actor } from '../../src/access/actor.ts';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import { signToken } from '../../src/http/token.ts';
import { NOW, type TestGateway } from '../graphql/open-gateway.ts';

export const ENDPOINT = 'http://localhost/graphql';

/** The headers of a request that the door lets in. */
export async function headersOf(at: TestGateway, actor: Actor): Promise<Record<string, string>> {
  return {
    'content-type': 'application/json',
    [CSRF_HEADER]: '1',
    authorization: `Bearer ${await signToken(at.key, actor, 60, NOW)}`,
  };
}

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The codes of the errors. */
  readonly codes: readonly (string | undefined)[];
  readonly data: unknown;
}

/** Posts a body, or a query as one, as an actor. */
export async function send(
  at: TestGateway,
  actor: Actor,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Sent> {
  return receive(
    await at.gateway.fetch(
      new Request(ENDPOINT, {
        method: 'POST',
        headers: { ...(await headersOf(at, actor)), accept: 'application/graphql-response+json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    ),
  );
}

export async function receive(response: Response): Promise<Sent> {
  const text = await response.text();
  const { errors = [], data } = parsed(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    codes: errors.map(({ extensions }) => extensions?.code),
    data,
  };
}

interface Answer {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  readonly data?: unknown;
}

function parsed(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
