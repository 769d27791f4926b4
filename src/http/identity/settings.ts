import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { IdentifierKind } from '../../generated/prisma/enums.ts';
import { ACTOR_KINDS } from '../../access/actor.ts';

/**
 * Who may say who calls: the file that CARRYALL_IDENTITY names.
 *
 * issuer   a party whose signed tokens are believed, for the tenants and kinds of actor that its claims are mapped to
 * claim    a name in a token; a list of names is the way to a claim inside others
 * of       which value of a claim means what; a value that is not listed is refused, one that means IGNORE is passed over
 * signIn   Carryall as a client of the issuer: people sign in with a browser (OpenID Connect, code flow with PKCE)
 */

/** Signatures that anybody can check and only the issuer can make. With HS256 our own copy of the key could sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True for an address that nobody on the way can read or change: https, or of this machine. */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

const safeUrl = z.string().max(500).refine(isSafeUrl, 'wanted https://…; http only on this machine');
const word = z.string().min(1).max(200);
const claim = z.union(
  [word, z.array(word).min(1).max(5)],
  'wanted the name of a claim, or a list of names: the way to it',
);

function mapped<T extends z.ZodType>(meaning: T, example: string) {
  return z.union(
    [z.strictObject({ is: meaning }), z.strictObject({ claim, of: z.record(word, meaning) })],
    `wanted { is: ${example} }, or { claim: NAME, of: { VALUE: ${example}, … } }`,
  );
}

/** An e-mail address or a number names a person only when the issuer says that it is theirs. */
const VERIFIED: readonly IdentifierKind[] = ['EMAIL', 'PHONE'];
const subject = z
  .strictObject({ claim, as: z.enum(IdentifierKind), verified: claim.optional() })
  .refine(({ as, verified }) => verified !== undefined || !VERIFIED.includes(as), {
    path: ['verified'],
    error: 'wanted the claim that says whether it is verified, such as email_verified',
  });

const claims = z
  .strictObject({
    tenant: mapped(z.string().regex(/^[a-z][a-z0-9-]{1,62}$/), 'TENANT'),
    kind: mapped(z.enum([...ACTOR_KINDS, 'IGNORE']), 'SUPPORT_AGENT'),
    id: claim.default('sub'),
    /** The customer for whom controller staff act; `operator` is the value of the operator's own. */
    organisation: z.strictObject({ claim, operator: word }).optional(),
    subject: subject.optional(),
  })
  .refine(({ kind, subject: of }) => of !== undefined || !kindsOf(kind).includes('SUBJECT'), {
    path: ['subject'],
    error: 'wanted the claim by which a subject is found: { claim: email, as: EMAIL, verified: email_verified }',
  });

const issuer = z
  .strictObject({
    /** Stands before the ids of its staff and apps, so that two issuers cannot name the same one. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, 'wanted lower-case letters, digits and hyphens, 31 at most')
      .refine((name) => name !== 'carryall', 'carryall is the name of the local issuer'),
    issuer: safeUrl,
    /** Without it, the issuer's own /.well-known/openid-configuration tells. */
    jwksUri: safeUrl.optional(),
    algorithms: z.array(z.enum(ALGORITHMS, `wanted one of ${ALGORITHMS.join(', ')}`)).min(1, 'wanted one or more'),
    audience: word,
    type: word.default('at+jwt'),
    claims,
    signIn: z
      .strictObject({
        clientId: word,
        /** A file with the client's secret, beside this one; without it the client is a public one. */
        clientSecretFile: z.string().min(1).optional(),
        scope: z
          .string()
          .max(500)
          .refine((scope) => scope.split(' ').includes('openid'), 'wanted openid among the scopes')
          .default('openid'),
      })
      .optional(),
  })
  // With the same audience an ID token would pass for an access token wherever the issuer gives both one type.
  .refine(({ audience, signIn }) => audience !== signIn?.clientId, {
    path: ['audience'],
    error: 'wanted an audience of its own, other than the client that people sign in with',
  });

const duration = z
  .string()
  .refine((text) => secondsOf(text) !== null, 'wanted an ISO 8601 duration from PT1M to P7D, such as PT8H');

export const settingsSchema = z
  .strictObject({
    /** Whether tokens of `carryall token` are accepted. */
    localTokens: z.boolean().default(true),
    /** `fresh`: how long ago whoever downloads may have proved who they are. */
    session: z
      .strictObject({
        longest: duration.default('PT8H'),
        idle: duration.default('PT30M'),
        fresh: duration.default('PT1H'),
      })
      .prefault({}),
    issuers: z.array(issuer).max(50).default([]),
  })
  .superRefine(({ issuers }, context) => {
    const fault = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    issuers.forEach((each, at) => {
      const before = issuers.slice(0, at);
      if (before.some(({ name }) => name === each.name))
        fault(['issuers', at, 'name'], 'is the name of another issuer');
      if (before.some((other) => other.issuer === each.issuer))
        fault(['issuers', at, 'issuer'], 'is listed already: one entry says all of an issuer');
    });
  });

type Parsed = z.infer<typeof settingsSchema>;
export type ClaimPath = z.infer<typeof claim>;
export type ClaimMapping = z.infer<typeof claims>;
/** An issuer of tokens, as configured; the client's secret in place of the file with it. */
export interface IssuerSettings extends Omit<Parsed['issuers'][number], 'signIn'> {
  readonly signIn?: SignInSettings | undefined;
}
export interface SignInSettings {
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope: string;
}
/** Who may say who calls. It may hold secrets of clients: never log it. */
export interface IdentitySettings extends Omit<Parsed, 'issuers'> {
  readonly issuers: readonly IssuerSettings[];
}

/** What holds without a file: local tokens and API keys. */
export const DEFAULT_SETTINGS: IdentitySettings = settingsSchema.parse({});

/** The seconds of a duration of the settings; null for what is none, or out of bounds. */
export function secondsOf(text: string): number | null {
  try {
    const seconds = Temporal.Duration.from(text).total('seconds');
    return seconds >= 60 && seconds <= 7 * 24 * 3600 ? seconds : null;
  } catch {
    return null;
  }
}

function kindsOf(kind: { is: string } | { of: Readonly<Record<string, string>> }): readonly string[] {
  return 'is' in kind ? [kind.is] : Object.values(kind.of);
}
