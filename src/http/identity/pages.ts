/** Whoever could not be signed in learns that, and no more: not even whether they are known here. */
export function notSignedIn(cookie: string): Response {
  return new Response(
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not signed in</title>
<main>
<h1>You are not signed in</h1>
<p>Signing in did not work, or it took too long. <a href="/auth/sign-in">Sign in again</a>.</p>
</main>
</html>
`,
    {
      status: 401,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
        'set-cookie': cookie,
      },
    },
  );
}

/** On to another page, by GET. */
export function redirect(location: string, ...cookies: readonly string[]): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status: 303, headers });
}
