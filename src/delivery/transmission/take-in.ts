import type { AuditEntry } from '../../audit/entry.ts';
import { receiveBundle } from '../../bundle/receive/receive-bundle.ts';
import { CarryallError, isCarryallError } from '../../errors.ts';
import { withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { ReceiveDesk } from './desk.ts';
import type { Sender } from './partners.ts';
import { subjectBinding, type Finish } from './statements.ts';

/** What became of a bundle that was whole. */
type Outcome =
  | { readonly status: 'TAKEN'; readonly subjectId: string; readonly rows: number }
  | { readonly status: 'REFUSED'; readonly code: string };

/**
 * Checks a bundle by its sender's keys and takes it into the sender's tenant, all of it or nothing, and notes what became of it.
 * Done twice it changes nothing. Throws DATABASE_FAILED, and what else is no fault of the bundle's.
 */
export async function takeIn(
  desk: ReceiveDesk,
  sender: Sender,
  statement: Finish,
  { id, path }: { readonly id: string; readonly path: string },
): Promise<void> {
  const { tenant: tenantId, name, reviewer } = sender;
  const outcome = await receive(desk, sender, statement, path);
  await withTransaction(desk.pool, tenantId, async (writer) => {
    const code = outcome.status === 'REFUSED' ? outcome.code : null;
    const changed = await writer.execute(sql`UPDATE reception SET status = ${outcome.status}, failure_code = ${code},
      closed_at = date_trunc('milliseconds', ${desk.clock.now()}::timestamptz)
      WHERE tenant_id = ${tenantId} AND id = ${id} AND status = 'RECEIVING'`);
    // Another process was faster, and has told it.
    if (changed === 0) return;
    const detail = { reception: id, sender: name, reviewer };
    const told = { actor: { kind: 'GATEWAY', tenant: tenantId }, action: 'IMPORT' } as const;
    let entry: AuditEntry;
    switch (outcome.status) {
      case 'TAKEN':
        entry = {
          ...told,
          outcome: 'ALLOWED',
          subjectId: outcome.subjectId,
          detail: { ...detail, rows: outcome.rows },
        };
        break;
      case 'REFUSED':
        entry = { ...told, outcome: 'DENIED', detail: { ...detail, code: outcome.code } };
        await desk.outbox.put(writer, { tenantId, kind: 'INCIDENT', event: `RECEPTION:${id}` });
        break;
      default:
        outcome satisfies never;
        return;
    }
    await desk.audit.append(writer, entry);
  });
}

async function receive(desk: ReceiveDesk, sender: Sender, statement: Finish, file: string): Promise<Outcome> {
  const { pool, policies, blobs, clock } = desk;
  // Keys that cannot be had are no fault of the bundle.
  const keys = await desk.keys.of(sender.keys, null);
  try {
    const report = await receiveBundle({
      pool,
      policies,
      blobs,
      clock,
      file,
      tenant: sender.tenant,
      trust: { kind: 'KEYS', keys },
      expected: ({ subject }) => {
        if (subjectBinding(statement.sha256, subject.id) === statement.subject) return;
        throw new CarryallError('BAD_INPUT', 'The bundle is about somebody else than was stated.');
      },
    });
    const rows = Object.values(report.byDataset).reduce((sum, { inserted }) => sum + inserted, 0);
    return { status: 'TAKEN', subjectId: report.subjectId, rows };
  } catch (error) {
    if (isCarryallError(error, 'BAD_INPUT') || isCarryallError(error, 'IMPORT_REFUSED'))
      return { status: 'REFUSED', code: error.code };
    throw error;
  }
}
