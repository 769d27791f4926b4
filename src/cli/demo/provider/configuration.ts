import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { Configuration } from 'oidc-provider';
import { createMemoryAdapter } from './memory-adapter.ts';
import { escapeHtml, page, signOutPage } from './page.ts';
import type { Persona } from './personas.ts';

export const CLIENT_ID = 'carryall';
export const ALGORITHM = 'ES256';
/** Where personas are chosen; the rest of the path is the id of the interaction. */
export const CHOICE_PATH = '/personas/';

/** What the claim says of the operator's own staff. */
export const OPERATOR = 'operator';

const HOURS = 3600;

/** What the demo's provider is: one public client, keys and cookies of this run, personas for accounts. */
export async function configurationOf(
  personas: ReadonlyMap<string, Persona>,
  gatewayUrl: string,
  audience: string,
): Promise<Configuration> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const claimsOf = (id: string) => {
    const known: Partial<Persona> = personas.get(id) ?? {};
    const { name = '', kind = '', tenant = '', email, organisation = OPERATOR } = known;
    return {
      sub: id,
      name,
      role: kind,
      tenant,
      organisation,
      ...(email === undefined ? {} : { email, email_verified: true }),
    };
  };
  return {
    adapter: createMemoryAdapter(),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: ALGORITHM }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: [
      {
        client_id: CLIENT_ID,
        client_name: 'Carryall',
        redirect_uris: [`${gatewayUrl}/auth/callback`],
        post_logout_redirect_uris: [`${gatewayUrl}/`],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        id_token_signed_response_alg: ALGORITHM,
      },
    ],
    claims: {
      openid: ['sub', 'tenant', 'role', 'organisation'],
      profile: ['name'],
      email: ['email', 'email_verified'],
    },
    // In the ID token itself, as most providers are set up.
    conformIdTokenClaims: false,
    scopes: ['openid', 'profile', 'email'],
    findAccount: (_context, id) =>
      personas.has(id) ? { accountId: id, claims: () => Promise.resolve(claimsOf(id)) } : undefined,
    extraTokenClaims: (_context, token) => ('accountId' in token ? claimsOf(token.accountId) : undefined),
    // The client is the demo's own: nobody is asked whether it may know them.
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const accountId = session?.accountId;
      if (client === undefined || accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId });
      grant.addOIDCScope('openid profile email');
      grant.addResourceScope(audience, '');
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, { uid }) => CHOICE_PATH + uid },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: ALGORITHM } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = signOutPage(form);
        },
        postLogoutSuccessSource: (context) => {
          context.body = page('Signed out', `<p><a href="${escapeHtml(gatewayUrl)}/">Back to Carryall</a></p>`);
        },
      },
    },
    renderError: (context, { error }) => {
      context.type = 'html';
      context.body = page('This did not work', `<p>${escapeHtml(error)}</p>`);
    },
    ttl: {
      AccessToken: HOURS,
      AuthorizationCode: 60,
      Grant: 8 * HOURS,
      IdToken: HOURS,
      Interaction: HOURS,
      Session: 8 * HOURS,
    },
  };
}
