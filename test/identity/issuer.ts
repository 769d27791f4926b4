import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { settingsSchema, type IdentitySettings } from '../../src/http/identity/settings.ts';

/** An issuer of tokens, whose keys a small server on this machine gives out, and whose behaviour a test may change. */
export interface TestIssuer extends AsyncDisposable {
  readonly settings: IdentitySettings;
  readonly publicPem: string;
  /** What is asked of it. */
  answer: RequestListener;
  /** How often it was asked for keys. */
  asked: number;
  /** A token that is in order, but for the changes; `undefined` takes a claim away. */
  sign(
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
    key?: CryptoKey,
  ): Promise<string>;
  readonly key: CryptoKey;
}

export const AUDIENCE = 'https://carryall.example/graphql';

export async function openIssuer(now: () => Date): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] });
  const serveKeys: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(keys);
  };
  const server = createServer((request, response) => {
    made.asked += 1;
    made.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made: TestIssuer = {
    asked: 0,
    answer: serveKeys,
    key: privateKey,
    publicPem: await exportSPKI(publicKey),
    settings: settingsSchema.parse({
      issuers: [
        {
          name: 'corp',
          issuer: url,
          jwksUri: `${url}/jwks`,
          algorithms: ['RS256'],
          audience: AUDIENCE,
          claims: {
            tenant: { claim: 'tenant', of: { acme: 'acme', beta: 'beta' } },
            kind: {
              claim: ['realm', 'roles'],
              of: {
                support: 'SUPPORT_AGENT',
                'support-lead': 'SUPPORT_AGENT',
                privacy: 'CONTROLLER_STAFF',
                admin: 'ADMINISTRATOR',
                app: 'INTERNAL_APP',
                customer: 'SUBJECT',
                offline_access: 'IGNORE',
              },
            },
            organisation: { claim: 'org', operator: 'acme-hq' },
            subject: { claim: 'email', as: 'EMAIL', verified: 'email_verified' },
          },
        },
      ],
    }),
    sign: (claims = {}, header = {}, key = privateKey) => {
      const seconds = Math.floor(now().getTime() / 1000);
      const base = { iss: url, aud: AUDIENCE, sub: 'u1', tenant: 'acme', realm: { roles: ['support'] } };
      const payload = { ...base, iat: seconds, exp: seconds + 300, ...claims } as JWTPayload;
      return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
        .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...header })
        .sign(key);
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return made;
}
