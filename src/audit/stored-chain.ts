import type { Readable } from 'node:stream';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { Candidate } from './check-chain.ts';
import { linkColumns, type Link } from './chain.ts';
import type { AuditKeys } from './keys.ts';
import { readLines } from './lines.ts';

/** A link with the columns outside the hash, and the salt of its subject while that is known. */
interface StoredEntry {
  readonly link: Link;
  readonly subjectId: string | null;
  readonly reason: string | null;
  readonly salt: string | null;
}

/** The chain of a tenant as it is stored, after `afterSeq`; with the keys, what stands outside the hash is checked as well. */
export async function* readStoredChain(
  reader: Reader,
  keys: AuditKeys | null,
  tenantId: string,
  afterSeq = 0,
): AsyncGenerator<Candidate> {
  const lines = reader.copyOut(
    // The salt by a look-up for each row: a join would be planned by statistics, which a young table does not have.
    sql`SELECT json_build_object('link', (SELECT row_to_json(l) FROM (SELECT ${linkColumns}) l),
        'subjectId', e.subject_id, 'reason', e.reason, 'salt',
        (SELECT p.salt FROM audit_pseudonym p WHERE p.tenant_id = e.tenant_id AND p.ref = e.subject_ref))
      FROM audit_event e WHERE e.tenant_id = ${tenantId} AND e.seq > ${afterSeq} ORDER BY e.seq`,
    'lines',
  );
  for await (const line of readLines(lines)) {
    const stored = JSON.parse(line) as StoredEntry;
    yield { link: stored.link, ...(keys === null ? {} : { besideFault: () => besideFault(keys, stored) }) };
  }
}

/** The links of a tenant as lines of JSON, in their order; what an auditor takes away. */
export function copyLinks(reader: Reader, tenantId: string): Readable {
  return reader.copyOut(
    sql`SELECT (SELECT row_to_json(l) FROM (SELECT ${linkColumns}) l)
      FROM audit_event e WHERE e.tenant_id = ${tenantId} ORDER BY e.seq`,
    'lines',
  );
}

/** The columns outside the hash are held by the HMACs inside it, as long as nobody was forgotten. */
function besideFault(keys: AuditKeys, { link, subjectId, reason, salt }: StoredEntry): string | null {
  const { tenantId, id, subjectRef, reasonRef } = link;
  const isForgotten = subjectRef !== null && salt === null;
  if (subjectRef === null || isForgotten) {
    if (subjectId !== null) return 'names a subject that it does not concern';
  } else if (subjectId === null || keys.reference(tenantId, salt ?? '', subjectId) !== subjectRef) {
    return 'names another subject than the one that it concerns, or no longer any';
  }
  if (isForgotten) return reason === null ? null : 'has a reason, although its subject was forgotten';
  const expected = reason === null ? null : keys.reasonReference(tenantId, salt ?? '', id, reason);
  return expected === reasonRef ? null : 'has another reason than the one that was given';
}
