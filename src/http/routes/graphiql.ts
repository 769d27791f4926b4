import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { Caller } from '../authenticate.ts';
import { refusal } from '../errors.ts';
import { mayIntrospect } from '../introspection.ts';
import { CSRF_HEADER } from '../request-rules.ts';
import type { Route } from './route.ts';

/** Who gets the page: nobody; signed-in staff who may see the schema; or everybody, for a gateway on the own machine. */
export type GraphiqlFor = 'NOBODY' | 'STAFF' | 'EVERYBODY';

const EXAMPLE = `# Put your token into the headers below, and say why you look:
#   { "authorization": "Bearer …", "${CSRF_HEADER}": "1", "x-carryall-purpose": "…", "x-carryall-reason": "…" }
{
  viewer { kind id tenant { name } }
}
`;

/** GraphiQL; null where it is for nobody. Who may use it is decided at /graphql again. */
export function graphiqlRoute(
  graphiql: GraphiqlFor,
  authenticate: (headers: Headers) => Promise<Caller>,
): Route | null {
  switch (graphiql) {
    case 'NOBODY':
      return null;
    case 'EVERYBODY':
      return { method: 'GET', path: '/graphiql', handle: () => Promise.resolve(graphiqlPage()) };
    case 'STAFF':
      return {
        method: 'GET',
        path: '/graphiql',
        handle: async ({ headers }) => {
          const { actor } = await authenticate(headers);
          if (!mayIntrospect(actor)) throw refusal('NOT_FOUND');
          return graphiqlPage();
        },
      };
    default:
      return graphiql satisfies never;
  }
}

/** The page; all of it is in the answer, and it holds nothing that needs a token. */
function graphiqlPage(): Response {
  const headers = JSON.stringify({ authorization: 'Bearer ', [CSRF_HEADER]: '1' }, null, 2);
  const html = renderGraphiQL({
    endpoint: '/graphql',
    title: 'Carryall',
    defaultQuery: EXAMPLE,
    defaultHeaders: headers,
    headers,
  });
  return new Response(html.trimStart(), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; " +
        "img-src data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    },
  });
}
