import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Provider } from 'oidc-provider';
import { CarryallError } from '../../../errors.ts';
import { settingsSchema, type IdentitySettings } from '../../../http/identity/settings.ts';
import { ACTOR_KINDS } from '../../../access/actor.ts';
import { ALGORITHM, CHOICE_PATH, CLIENT_ID, configurationOf, OPERATOR } from './configuration.ts';
import { personaPage } from './page.ts';
import type { Persona } from './personas.ts';

export interface DemoProviderOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly personas: readonly Persona[];
  /** Where browsers find the gateway: scheme, host and port. */
  readonly gatewayUrl: string;
}

/** A provider of OpenID Connect on this machine, with whom anybody may sign in as any persona. */
export interface DemoProvider extends AsyncDisposable {
  /** Its issuer. */
  readonly url: string;
  /** The audience of access tokens that it gives for the resource of the same name. */
  readonly audience: string;
  /** How a gateway comes to believe it. */
  readonly settings: IdentitySettings;
}

const LARGEST_FORM_BYTES = 1000;

/** Opens it on 127.0.0.1, and on no other address: it gives tokens to whoever asks. Throws BAD_INPUT for a port that is taken. */
export async function openDemoProvider({ port, personas, gatewayUrl }: DemoProviderOptions): Promise<DemoProvider> {
  const known = new Map(personas.map((persona) => [persona.id, persona]));
  const audience = `${gatewayUrl}/graphql`;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new CarryallError('BAD_INPUT', `The demo's provider cannot listen on port ${port}.`, { cause })),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Large, and of use to the demo alone.
  const oidcProvider = await import('oidc-provider');
  const provider = new oidcProvider.Provider(url, await configurationOf(known, gatewayUrl, audience));
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith(CHOICE_PATH) !== true) return void answer(request, response);
    choose(provider, known, gatewayUrl, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
      response.end('This sign-in is over. Begin again at Carryall.\n');
    });
  });
  return {
    url,
    audience,
    settings: settingsOf(url, audience, personas),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function choose(
  provider: Provider,
  personas: ReadonlyMap<string, Persona>,
  gatewayUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    if (Number(request.headers['content-length'] ?? Infinity) > LARGEST_FORM_BYTES) throw new Error('too large');
    const accountId = new URLSearchParams(await text(request)).get('persona') ?? '';
    if (personas.has(accountId)) {
      await provider.interactionFinished(
        request,
        response,
        { login: { accountId } },
        { mergeWithLastSubmission: false },
      );
      return;
    }
  }
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // A form's redirects count as its action: the last of them is back to the gateway.
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${gatewayUrl}; base-uri 'none'; frame-ancestors 'none'`,
  });
  response.end(personaPage([...personas.values()], CHOICE_PATH + uid));
}

function settingsOf(url: string, audience: string, personas: readonly Persona[]): IdentitySettings {
  const tenants = personas.map(({ tenant }) => tenant);
  return settingsSchema.parse({
    issuers: [
      {
        name: 'demo',
        issuer: url,
        algorithms: [ALGORITHM],
        audience,
        claims: {
          tenant: { claim: 'tenant', of: Object.fromEntries(tenants.map((tenant) => [tenant, tenant])) },
          kind: { claim: 'role', of: Object.fromEntries(ACTOR_KINDS.map((kind) => [kind, kind])) },
          organisation: { claim: 'organisation', operator: OPERATOR },
          subject: { claim: 'email', as: 'EMAIL', verified: 'email_verified' },
        },
        signIn: { clientId: CLIENT_ID, scope: 'openid profile email' },
      },
    ],
  });
}
