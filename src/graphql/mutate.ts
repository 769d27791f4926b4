import type { AuditEntry } from '../audit/entry.ts';
import type { AuditAction } from '../audit/words.ts';
import { withTransaction, type Writer } from '../store/session.ts';
import { noting } from './admit.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { declarationOf } from './record-looks.ts';
import type { Refusal } from './sightings.ts';

builder.mutationType({ description: 'What the gateway is told to do.' });

/** What was done, and what the audit log is to say of it beside who and under which policy. */
export interface Done<T> {
  readonly result: T;
  readonly entry: Pick<AuditEntry, 'subjectId' | 'purpose' | 'reason' | 'ticket' | 'detail'>;
  /** What came of it, as entries of their own. */
  readonly also?: readonly AuditEntry[];
}

/**
 * Does something in one transaction with its entry in the audit log: both are there, or neither. What is refused is an entry
 * too. Throws what `work` throws, and DATABASE_FAILED.
 */
export function mutate<T>(
  context: GatewayContext,
  action: AuditAction,
  subjectId: string | null,
  work: (writer: Writer) => Promise<Done<T>>,
): Promise<T> {
  return change(context, { action, subjectId }, async (writer) => {
    const { result, entry, also = [] } = await work(writer);
    const declared = { ...declarationOf(context), ...entry, action, outcome: 'ALLOWED' } as const;
    return { result, entries: [declared, ...also] };
  });
}

/** What was done, and the entries of the audit log that tell it. */
export interface Changed<T> {
  readonly result: T;
  readonly entries: readonly AuditEntry[];
}

/** The same for work that says itself what the audit log is to say. */
export function change<T>(
  context: GatewayContext,
  about: Pick<Refusal, 'action' | 'subjectId'>,
  work: (writer: Writer) => Promise<Changed<T>>,
): Promise<T> {
  return noting(context, about, () =>
    withTransaction(context.pool, context.tenant.tenantId, async (writer) => {
      const { result, entries } = await work(writer);
      await context.audit.append(writer, ...entries);
      return result;
    }),
  );
}
