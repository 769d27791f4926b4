import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { isCarryallError } from '../errors.ts';
import { count } from '../metrics.ts';
import type { Reader, Writer } from '../store/session.ts';
import { append } from './append.ts';
import type { Link } from './chain.ts';
import type { AuditActor, AuditEntry } from './entry.ts';
import { findEntries, type EntryPage, type EntrySearch } from './find.ts';
import { openRecorder } from './group-commit.ts';
import type { AuditKeys } from './keys.ts';
import { openRepeats } from './repeats.ts';
import type { AuditAction } from './words.ts';

/** Somebody looks at a person's data, or is not let. */
export interface Look {
  readonly actor: AuditActor;
  readonly subjectId: string | null;
  /** Names of the items that are about to be shown, or that were asked for. */
  readonly items: readonly string[];
  readonly outcome: 'ALLOWED' | 'DENIED';
  /** @default 'LOOK' */
  readonly action?: AuditAction;
  /** Why it was denied, as a code. */
  readonly denial?: string | undefined;
  readonly purpose?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly ticket?: string | null | undefined;
  /** Ids of the grants that it rests on. */
  readonly grants?: readonly string[];
  readonly policy?: { readonly code: string; readonly version: string } | null | undefined;
}

/** The door to the log, one for a process. */
export interface Auditor extends AsyncDisposable {
  /**
   * Records a look; await it before the data goes out, and return nothing if it throws. Denials that repeat within a
   * minute are counted (L-23). Throws BAD_INPUT and DATABASE_FAILED.
   */
  look(look: Look): Promise<void>;
  /** Records entries of one tenant in a transaction of the auditor's own. Throws as `look` does. */
  record(...entries: readonly AuditEntry[]): Promise<readonly Link[]>;
  /** Records entries in the caller's transaction, as the last thing that it does; see `append`. */
  append(writer: Writer, ...entries: readonly AuditEntry[]): Promise<readonly Link[]>;
  /** Entries of a tenant's chain; record the look first. See `findEntries`. Throws BAD_INPUT. */
  find(reader: Reader, search: EntrySearch): Promise<EntryPage>;
  /** Writes the numbers of counted denials: of minutes that are over, or all. What cannot be written is kept. */
  flush(which?: 'OVER' | 'ALL'): Promise<void>;
}

export interface AuditorOptions {
  readonly pool: pg.Pool;
  readonly keys: AuditKeys;
  readonly clock: Clock;
  /** Told of what no caller waits for: numbers of denials, and checkpoints. */
  readonly onFault: (error: unknown) => void;
  /** Makes a checkpoint after so many entries of a tenant. */
  readonly checkpoints?: { readonly every: number; readonly make: (tenantId: string) => Promise<unknown> } | undefined;
}

const FLUSH_MS = 20_000;
const MOST_UNWRITTEN = 10_000;

/** Opens the auditor. Disposing it writes what it has counted. */
export function openAuditor(options: AuditorOptions): Auditor {
  const { pool, keys, clock, onFault, checkpoints } = options;
  const recorder = openRecorder(pool, keys);
  const repeats = openRepeats(clock);
  const due = openDue(checkpoints, onFault);
  let unwritten: readonly AuditEntry[] = [];
  const keep = (entry: AuditEntry, error: unknown): void => {
    // What can never be written must not be tried for ever.
    if (!isCarryallError(error, 'BAD_INPUT')) unwritten = [...unwritten, entry].slice(0, MOST_UNWRITTEN);
    onFault(error);
  };

  const record = async (...entries: readonly AuditEntry[]): Promise<readonly Link[]> => {
    const links = await counted(entries, () => recorder(entries));
    const last = links.at(-1);
    if (last !== undefined) due(last);
    return links;
  };
  const flush = async (which: 'OVER' | 'ALL' = 'OVER'): Promise<void> => {
    const entries = [...unwritten, ...repeats.take(which)];
    unwritten = [];
    await Promise.all(entries.map((entry) => record(entry).catch((error: unknown) => keep(entry, error))));
  };
  const timer = setInterval(() => void flush(), FLUSH_MS).unref();

  return {
    async look({ items, outcome, action = 'LOOK', denial, grants, ...rest }) {
      const detail = {
        items: [...new Set(items)].toSorted(),
        ...(denial === undefined ? {} : { denial }),
        ...(grants === undefined ? {} : { grants: grants.toSorted() }),
      };
      const entry: AuditEntry = { ...rest, action, outcome, detail };
      if (outcome === 'DENIED') count('carryall_denials_total', { action, reason: denial ?? 'NOT_TOLD' });
      if (outcome === 'ALLOWED') await record(entry);
      else if (repeats.isFirst(entry)) {
        await record(entry).catch((error: unknown) => {
          // Those after it are only counted, so this one has to be there in the end.
          keep(entry, error);
          throw error;
        });
      }
    },
    record,
    append: (writer, ...entries) => counted(entries, () => append(writer, keys, entries)),
    find: (reader, search) => findEntries(reader, keys, search),
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await flush('ALL');
    },
  };
}

async function counted(entries: readonly AuditEntry[], work: () => Promise<readonly Link[]>): Promise<readonly Link[]> {
  try {
    const links = await work();
    for (const { action, outcome } of entries) count('carryall_audit_entries_total', { action, outcome });
    return links;
  } catch (error) {
    count('carryall_audit_failures_total', {}, entries.length);
    throw error;
  }
}

/** Makes a checkpoint when enough has been added since the last; one at a time for each tenant. */
function openDue(checkpoints: AuditorOptions['checkpoints'], onFault: (error: unknown) => void): (link: Link) => void {
  const done = new Map<string, number>();
  return ({ tenantId, seq }) => {
    if (checkpoints === undefined || seq - (done.get(tenantId) ?? 0) < checkpoints.every) return;
    done.set(tenantId, seq);
    void checkpoints.make(tenantId).catch(onFault);
  };
}
