import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { addPerson, openExporter, owned, type Exporter } from './exporter.ts';

/** An exporter with a person of 20,000 calls: enough for a build to break off in the middle. */
export async function openBusyExporter(): Promise<Exporter> {
  const at = await openExporter();
  await addPerson(at.prisma, 'cp', 'ann', { fullName: 'Ann' });
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: 20_000 }, (_, index) => ({
      ...owned('cp', 'ann', `call-${index}`),
      // Numbers that do not compress well, so that a ZIP has bytes to break off in.
      calledNumber: `+31${String((index * 48271) % 999999937).padStart(9, '0')}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + ((index * 7919) % 20_000_000) * 1000),
      durationSeconds: (index * 31) % 3599,
    })),
  });
  return at;
}

/** Less than the half minute after which a silent source is given up, and plenty for a slow machine. */
const SOON = 20_000;
/** Ends every other session that is in a transaction. */
export const KILL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`;

/** The error with which a promise rejects, or that it took too long once something had broken. */
export async function failureOf(
  promise: Promise<unknown>,
  broken: Promise<unknown> = Promise.resolve(),
): Promise<Error & { readonly code?: string }> {
  const late = broken.then(
    () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('still running')), SOON).unref()),
  );
  return Promise.race([promise, late]).then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as Error,
  );
}

/** Acts at the first call and at no other. */
export function once(act: () => unknown): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** A destination that breaks, and when it does. */
export interface Breaking {
  readonly destination: Writable;
  readonly broken: Promise<void>;
}

/** A destination that does `what` at the byte `limit`. */
export function destinationWith(limit: number, what: (callback: (error?: Error | null) => void) => void): Breaking {
  const broken = Promise.withResolvers<void>();
  let bytes = 0;
  const destination = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes < limit) return callback();
      broken.resolve();
      what(callback);
    },
  });
  return { destination, broken: broken.promise };
}

/** A destination that fails at a byte. */
export function failing(limit: number, code: string): Breaking {
  return destinationWith(limit, (callback) => callback(Object.assign(new Error(code), { code })));
}

/** That the pool works and soon nothing of the failed build is left on the server. */
export async function isWell({ pool }: Pick<Exporter, 'pool'>): Promise<void> {
  const busy = async (): Promise<string | undefined> => {
    const { rows } = await pool.query<{ busy: string }>(
      `SELECT count(*) AS busy FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND backend_type = 'client backend' AND state <> 'idle'`,
    );
    return rows[0]?.busy;
  };
  await expect.poll(busy, { timeout: SOON }).toBe('0');
}
