import { hash } from 'node:crypto';
import { z } from 'zod';
import { STATED } from '../stated.ts';
import { identifier } from '../../sources/values/identifiers.ts';

/*
 * What a controller states to us as its processor, and what we state back (in the manner of OpenDSR). A person may be named by
 * a digest, so that no identifier need leave the controller in the clear.
 */

const filing = z.strictObject({
  ...STATED,
  act: z.literal('FILE'),
  type: z.enum(['access', 'portability']),
  identity: z.strictObject({
    type: z.enum(['email', 'phone', 'customer_id']),
    /** The SHA-256 of the identifier in normal form, in hexadecimal, or the identifier. */
    value: z.string().min(1).max(254),
  }),
  /** What the controller calls it: asked again under the same name, it is the same request. */
  request: z.string().min(1).max(100),
  callback: z.string().max(2048).optional(),
});
const asking = z.strictObject({ ...STATED, act: z.literal('STATUS'), id: z.string().max(64) });

export const requestStatementSchema = z.discriminatedUnion('act', [filing, asking]);
export type RequestStatement = z.infer<typeof requestStatementSchema>;
export type RequestFiling = z.infer<typeof filing>;

export const PROCESSOR_STATUSES = ['RECEIVED', 'INSTRUCTION_REQUIRED', 'ANSWERED', 'REFUSED'] as const;
export type ProcessorStatus = (typeof PROCESSOR_STATUSES)[number];

/** What we sign of a request. It reads the same whether or not anybody is known by the identifier. */
export const statusDocumentSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  id: z.string(),
  status: z.enum(PROCESSOR_STATUSES),
  received: z.iso.datetime(),
  expectedCompletion: z.iso.datetime(),
});
export type StatusDocument = z.infer<typeof statusDocumentSchema>;

const KINDS = { email: 'EMAIL', phone: 'PHONE', customer_id: 'CUSTOMER_ID' } as const;

/** By which digest a person is to be looked for; null for what cannot be anybody's identifier. */
export function identityOf({ identity: { type, value } }: RequestFiling): {
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  readonly digest: string | null;
} {
  const kind = KINDS[type];
  if (/^[0-9a-f]{64}$/.test(value)) return { kind, digest: value };
  const found = identifier(kind, value, null);
  return { kind, digest: found === null ? null : hash('sha256', found.value) };
}
