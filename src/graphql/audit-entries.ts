import { mayFindInLog, mayReadLog } from '../access/overseeing.ts';
import type { Link } from '../audit/chain.ts';
import { CarryallError } from '../errors.ts';
import { withSnapshot } from '../store/session.ts';
import { assertMayLook, noting } from './admit.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { DEFAULT_PAGE, pageCost, pageRef, pageRequest } from './pages.ts';
import { declarationOf } from './record-looks.ts';

const AuditEntryRef = builder.objectRef<Link>('AuditEntry').implement({
  description:
    'One entry of the audit log, as its chain holds it. People and staff stand there as HMACs, and no reason in words.',
  fields: (t) => ({
    seq: t.field({
      type: 'Long',
      nullable: false,
      description: 'From 1, without a gap.',
      resolve: ({ seq }) => BigInt(seq),
    }),
    id: t.exposeID('id', { nullable: false }),
    occurredAt: t.exposeString('occurredAt', { nullable: false, description: 'UTC, with microseconds.' }),
    actorKind: t.exposeString('actorKind', { nullable: false }),
    actorRef: t.exposeString('actorRef'),
    subjectRef: t.exposeString('subjectRef'),
    action: t.exposeString('action', { nullable: false }),
    outcome: t.exposeString('outcome', { nullable: false }),
    purpose: t.exposeString('purpose'),
    ticket: t.exposeString('ticket'),
    reasonRef: t.exposeString('reasonRef'),
    policyCode: t.exposeString('policyCode'),
    policyVersion: t.exposeString('policyVersion'),
    detail: t.field({ type: 'JSON', nullable: false, resolve: ({ detail }) => detail }),
    previousHash: t.exposeString('previousHash', { nullable: false, description: 'Of the entry before.' }),
    hash: t.exposeString('hash', {
      nullable: false,
      description:
        'SHA-256 over the line carryall.audit.entry.v1 and the canonical form (RFC 8785) of the other fields, with tenantId.',
    }),
  }),
});

const AuditEntryPageRef = pageRef('AuditEntryPage', AuditEntryRef);

builder.queryField('auditEntries', (t) =>
  t.field({
    type: AuditEntryPageRef,
    description:
      'The audit log of the operator in the order of its chain, for auditors and the operator’s privacy staff. To read it is an entry, too.',
    args: {
      first: t.arg.int({ defaultValue: DEFAULT_PAGE }),
      after: t.arg.string({ description: 'The cursor after which to go on, from pageInfo.endCursor.' }),
      identifier: t.arg.string({
        description: 'For privacy staff: only entries about, or by, whom it names as a whole.',
      }),
    },
    complexity: pageCost,
    resolve: (_root, { identifier = null, ...args }, context) =>
      noting(context, { action: actionOf(identifier), subjectId: null }, async () => {
        assertMayRead(context, identifier);
        const { first, after } = pageRequest(args);
        const seq = seqOf(after ?? null);
        // Whoever reads is on record before there is anything to read, and finds that entry at the end (L-19).
        await context.audit.record({
          ...declarationOf(context),
          action: actionOf(identifier),
          outcome: 'ALLOWED',
          detail: { what: 'audit-log', after: seq, first },
        });
        const { tenantId } = context.tenant;
        const { entries, next } = await withSnapshot(context.pool, tenantId, (reader) =>
          context.audit.find(reader, { tenantId, identifier, first, after: seq }),
        );
        const cursors = entries.map((entry) => String(entry.seq));
        return { rows: [...entries], cursors, hasNext: next !== null, resumed: after != null };
      }),
  }),
);

function actionOf(identifier: string | null): 'LOOK' | 'SEARCH' {
  return identifier === null ? 'LOOK' : 'SEARCH';
}

/** Throws FORBIDDEN, and PURPOSE_REQUIRED to staff who have not said what for. */
function assertMayRead(context: GatewayContext, identifier: string | null): void {
  const { actor } = context;
  if (!mayReadLog(actor))
    throw new CarryallError('FORBIDDEN', "The audit log is read by auditors and the operator's privacy staff.");
  if (identifier !== null && !mayFindInLog(actor))
    throw new CarryallError('FORBIDDEN', 'Whom an entry is about is for privacy staff to ask.');
  assertMayLook(context, { action: actionOf(identifier), subjectId: null });
}

/** The number of the entry that a cursor names. Throws BAD_INPUT for what is none. */
function seqOf(cursor: string | null): number {
  const seq = cursor === null ? 0 : /^[1-9]\d{0,14}$/.test(cursor) ? Number(cursor) : null;
  if (seq !== null) return seq;
  throw new CarryallError(
    'BAD_INPUT',
    'The cursor is not one of this list. Take it from pageInfo or start without one.',
  );
}
