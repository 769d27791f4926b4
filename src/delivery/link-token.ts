import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { LinkKey, LinkKeys } from './link-keys.ts';

/*
 * A token is `<claims>.<signature>`: the claims as JSON in base64url, and HMAC-SHA-256 over that very text under the key
 * that they name. It names a row of `download_link`, which alone says whether the link is still good: the signature only keeps
 * strangers from asking the database.
 */

/** What a link says. */
export interface LinkClaims {
  readonly tenantId: string;
  readonly linkId: string;
  readonly bundleId: string;
  readonly requestId: string | null;
  readonly subjectId: string;
  readonly expiresAt: Date;
}

/** What was found of a text: no token, one that nobody here signed, or a genuine one. */
export type ReadToken =
  | { readonly kind: 'NONE' }
  /** `tenantId` is what it claims, and true of nothing. */
  | { readonly kind: 'FORGED'; readonly tenantId: string | null }
  | { readonly kind: 'GENUINE'; readonly claims: LinkClaims };

const VERSION = 1;
const FORM = /^([A-Za-z0-9_-]{16,800})\.([A-Za-z0-9_-]{43})$/;
const id = z.string().min(1).max(200);
const claimsSchema = z.tuple([z.literal(VERSION), id, id, id, id, id.nullable(), id, z.int().positive()]);

/** The token of a link. */
export function signLink({ kid, secret }: LinkKey, claims: LinkClaims): string {
  const { tenantId, linkId, bundleId, requestId, subjectId, expiresAt } = claims;
  const parts = [VERSION, kid, tenantId, linkId, bundleId, requestId, subjectId, expiresAt.getTime()];
  const text = Buffer.from(JSON.stringify(parts)).toString('base64url');
  return `${text}.${signatureOf(secret, text)}`;
}

/** Reads a token. It takes as long for a wrong signature as for the right one (D-09). */
export async function readLink(keys: Pick<LinkKeys, 'find'>, token: string): Promise<ReadToken> {
  const [, text, signature] = FORM.exec(token) ?? [];
  if (text === undefined || signature === undefined) return { kind: 'NONE' };
  const parts = partsIn(text);
  if (parts === null) return { kind: 'FORGED', tenantId: null };
  const [, kid, tenantId, linkId, bundleId, requestId, subjectId, expiresAt] = parts;
  const key = await keys.find(kid);
  if (key === null || !isSameText(signature, signatureOf(key.secret, text))) return { kind: 'FORGED', tenantId };
  const claims = { tenantId, linkId, bundleId, requestId, subjectId, expiresAt: new Date(expiresAt) };
  return { kind: 'GENUINE', claims };
}

function partsIn(text: string): z.output<typeof claimsSchema> | null {
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data ?? null;
  } catch {
    return null;
  }
}

function signatureOf(secret: Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(`carryall download link ${VERSION}\n${text}`).digest('base64url');
}

// As texts: two of them can stand for the same bytes, and only one is ours. As digests: of one length whatever comes.
function isSameText(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}
