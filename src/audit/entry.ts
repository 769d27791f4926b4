import { z } from 'zod';
import { actorIdOf, type Actor } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';
import { ACTIONS, OUTCOMES } from './words.ts';

/** Who did it: an actor of the access model, who runs the command line, the gateway by itself, or nobody known. */
export type AuditActor =
  | Actor
  | { readonly kind: 'OPERATOR'; readonly tenant: string; readonly operatorId: string }
  | { readonly kind: 'GATEWAY' | 'ANONYMOUS'; readonly tenant: string };

/** One thing to be recorded, in the chain of its actor's tenant. */
export interface AuditEntry extends z.input<typeof schema> {
  readonly actor: AuditActor;
}

/** An entry whose texts keep the limits, written in one way. */
export interface CheckedEntry extends z.output<typeof schema> {
  readonly actor: AuditActor;
}

export type AuditDetail = CheckedEntry['detail'];

export const LONGEST_REASON = 500;

// No blank, no @, no +: names, addresses and numbers of people do not fit, nor does a telephone number without its plus.
const code = z
  .string()
  .regex(/^[\w*][\w.:/*-]{0,127}$/, 'wanted a code of letters, digits and . : / _ -')
  .regex(/^(?!\d{7,}$)/, 'wanted a code, not a number');

const reason = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'wanted well-formed text without NUL')
  .transform((text) => text.normalize('NFC'))
  .refine((text) => text.length <= 2 * LONGEST_REASON && Array.from(text).length <= LONGEST_REASON, {
    message: `wanted at most ${LONGEST_REASON} characters`,
  });

const schema = z.strictObject({
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES),
  /** Whom it is about; an id that is nobody's is recorded as such. */
  subjectId: z.string().min(1).max(200).nullish(),
  purpose: code.nullish(),
  /** Staff's own words. They may name people, so they stand outside the chain, which only holds their HMAC. */
  reason: reason.nullish(),
  /** Where the reason is on file. */
  ticket: code.nullish(),
  policy: z.strictObject({ code, version: code }).nullish(),
  /** Item names, counts, reasons in codes, ids of grants: never a person's data, and never a person's id. */
  detail: z
    .record(
      z.string().regex(/^[a-z]\w{0,39}$/i, 'wanted a name'),
      z.union([code, z.int(), z.boolean(), z.null(), z.array(code).max(500).readonly()], {
        error: 'wanted a code, a list of codes, a whole number, true, false or null',
      }),
    )
    .default({}),
});

/** The entry with its texts in Unicode's composed form. Throws BAD_INPUT with all faults; none repeats a value. */
export function checkEntry({ actor, ...entry }: AuditEntry): CheckedEntry {
  const { success, data, error } = schema.safeParse(entry);
  if (success) return { ...data, actor };
  throw new CarryallError('BAD_INPUT', 'That cannot stand in the audit log.', {
    faults: error.issues.map(({ path, message }) => ({ path: path.join('.'), reason: message })),
  });
}

/** The identifier under which an actor is found in the log; null for one that has none. */
export function identifierOf(actor: AuditActor): string | null {
  switch (actor.kind) {
    case 'OPERATOR':
      return actor.operatorId;
    case 'GATEWAY':
    case 'ANONYMOUS':
      return null;
    default:
      return actorIdOf(actor);
  }
}
