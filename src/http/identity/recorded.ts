import type pg from 'pg';
import type { Auditor } from '../../audit/auditor.ts';

/** A database, and the log in which changes of who may call are recorded in the same transaction. */
export interface Recorded {
  readonly pool: pg.Pool;
  readonly audit: Pick<Auditor, 'append'>;
}
