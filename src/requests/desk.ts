import type pg from 'pg';
import type { Auditor } from '../audit/auditor.ts';
import type { Clock } from '../clock.ts';
import { createOutbox } from '../notices/outbox.ts';
import type { PolicyBook } from '../policy/book.ts';
import { openSecretBox } from '../store/secret-box.ts';
import { REQUEST_LIMITS, type RequestLimits } from './limits.ts';
import type { BuildQueue } from './queue.ts';
import type { RequestDesk } from './write.ts';

export interface DeskOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly policies: PolicyBook;
  readonly audit: Pick<Auditor, 'append'>;
  readonly queue: BuildQueue;
  /** The secret of the data folder, from which the keys of sealed columns are derived. */
  readonly secret: Uint8Array;
  readonly limits?: Partial<RequestLimits>;
}

/** What requests are worked with; a server and a worker with the same secret open what the other has sealed. */
export function createRequestDesk({ secret, limits, ...rest }: DeskOptions): RequestDesk {
  return {
    ...rest,
    box: openSecretBox(secret, 'request'),
    outbox: createOutbox(rest.clock, openSecretBox(secret, 'notice')),
    limits: { ...REQUEST_LIMITS, ...limits },
  };
}

/** For who works requests where nothing is built: what is approved waits. */
export const NO_QUEUE: BuildQueue = { enqueue: async () => {} };
