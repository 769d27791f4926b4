import * as oidc from 'openid-client';
import { CarryallError } from '../../errors.ts';
import { errorResponse } from '../errors.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { redirect } from './pages.ts';
import { isSameOrigin } from './same-origin.ts';
import type { SignIns } from './sign-in.ts';

/**
 * POST /auth/sign-out: ends the browser's session at once, then goes on to the provider, where it is signed in still. A page
 * that asks for JSON is told where to go instead. Other sites' pages are refused.
 */
export async function signOut(
  signIns: SignIns,
  sessions: BrowserSessions,
  request: Request,
  now: Date,
): Promise<Response> {
  if (!isSameOrigin(request.headers, signIns.publicUrl))
    return errorResponse(new CarryallError('FORBIDDEN', 'Signing out is asked for by a page of this site.'));
  const { cookie, issuer } = await sessions.end(request.headers, now);
  const next = await nextPage(signIns, issuer);
  if (!(request.headers.get('accept') ?? '').includes('application/json')) return redirect(next, cookie);
  return Response.json({ next }, { headers: { 'set-cookie': cookie, 'cache-control': 'no-store' } });
}

async function nextPage({ publicUrl, providers }: SignIns, issuer: string | null): Promise<string> {
  const provider = issuer === null ? undefined : providers.get(issuer);
  try {
    const client = await provider?.client();
    if (client?.serverMetadata().end_session_endpoint === undefined) return '/';
    return oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: `${publicUrl}/` }).href;
  } catch {
    // Whoever is signed out here is not told otherwise because the provider is down.
    return '/';
  }
}
