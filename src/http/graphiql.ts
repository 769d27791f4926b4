import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

const EXAMPLE = `# Put your token into the headers below, and say why you look:
#   { "authorization": "Bearer …", "x-carryall-purpose": "…", "x-carryall-reason": "…" }
{
  viewer { kind id tenant { name } }
}
`;

/** The GraphiQL page; all of it is in the answer, and it holds nothing that needs a token. */
export function graphiqlPage(): Response {
  const headers = JSON.stringify({ authorization: 'Bearer ' }, null, 2);
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
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  });
}
