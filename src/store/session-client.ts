import { hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { copyRows, type CopyFormat, type CopyOptions } from './copy.ts';
import { toDatabaseError } from './failure.ts';
import { after, inWords } from './patience.ts';
import type { QueryOptions, SnapshotLimits, Writer } from './session.ts';
import type { Sql } from './sql.ts';
import { terminate } from './terminate.ts';

/** One transaction on one client, and the limits on it. */
export class Session implements Writer {
  readonly #client: pg.ClientBase;
  readonly #limits: SnapshotLimits;
  readonly #abort = new AbortController();
  #longest: Disposable | undefined;
  #copy: Readable | undefined;
  #terminating: Promise<void> | undefined;
  /** Aborts when a limit is reached. */
  readonly signal = this.#abort.signal;
  /** Why a limit ended the session, if one did. */
  ended: CarryallError | undefined;
  /** True for a client that must not be used again. */
  broken = false;

  constructor(client: pg.ClientBase, limits: SnapshotLimits) {
    this.#client = client;
    this.#limits = limits;
  }

  async begin(statement: string): Promise<void> {
    await this.#send({ text: statement });
    const { longestMs } = this.#limits;
    if (longestMs === undefined) return;
    this.#longest = after(longestMs, () =>
      this.#end(
        `A snapshot of the database was held for ${inWords(longestMs)} and was ended: longer would keep the database from cleaning up. Read less at a time, or raise the limit.`,
      ),
    );
  }

  async query<Row extends object>(fragment: Sql, options?: QueryOptions): Promise<Row[]> {
    return (await this.#run(fragment, options)).rows as Row[];
  }

  async execute(fragment: Sql): Promise<number> {
    return (await this.#run(fragment)).rowCount ?? 0;
  }

  copyOut(fragment: Sql, format: CopyFormat, options?: CopyOptions): Readable {
    this.#assertIdle();
    const copy = copyRows(this.#client, fragment, format, options);
    this.#copy = copy;
    copy.once('close', () => {
      this.broken ||= !copy.readableEnded;
      this.#copy = undefined;
    });
    return copy;
  }

  async commit(): Promise<void> {
    this.#assertIdle();
    await this.#send({ text: 'COMMIT' });
    this.#longest?.[Symbol.dispose]();
  }

  /** Rolls back; what cannot be rolled back is broken. Never throws. */
  async abandon(): Promise<void> {
    const copy = this.#copy;
    if (copy !== undefined && !copy.closed) {
      copy.on('error', () => {});
      await new Promise((resolve) => copy.once('close', resolve).destroy());
    }
    if (!this.broken) await this.#send({ text: 'ROLLBACK' }).catch(() => (this.broken = true));
    this.#longest?.[Symbol.dispose]();
    await this.#terminating;
  }

  isIdle(): boolean {
    return this.#copy === undefined || this.#copy.readableEnded;
  }

  /** A query that is sent while a COPY waits to be read would wait for ever. */
  #assertIdle(): void {
    if (this.ended !== undefined) throw this.ended;
    if (this.isIdle()) return;
    throw new CarryallError(
      'DATABASE_FAILED',
      'A COPY is still being read on this connection: read it to its end first.',
    );
  }

  async #run(fragment: Sql, { isPrepared = false }: QueryOptions = {}): Promise<pg.QueryResult> {
    this.#assertIdle();
    const { text } = fragment;
    const name = isPrepared ? { name: hash('sha256', text, 'base64') } : {};
    return this.#send({ text, values: [...fragment.values], ...name });
  }

  // Not `statement_timeout`: it would also end a COPY whose reader is slow, and says nothing on a line that went dead.
  async #send(query: pg.QueryConfig): Promise<pg.QueryResult> {
    const { queryMs } = this.#limits;
    using _limit =
      queryMs === undefined
        ? undefined
        : after(queryMs, () =>
            this.#end(
              `The database took longer than ${inWords(queryMs)} for one query, which was ended. Check its load and its locks, or raise the limit.`,
            ),
          );
    try {
      return await this.#client.query(query);
    } catch (error) {
      throw this.ended ?? toDatabaseError(error);
    }
  }

  /** Ends the transaction on the server, whatever it does, and with it all that waits for it. */
  #end(message: string): void {
    if (this.ended !== undefined) return;
    const ended = new CarryallError('DATABASE_FAILED', message);
    this.ended = ended;
    this.broken = true;
    const copy = this.#copy;
    if (copy === undefined || copy.readableEnded) this.#terminating = terminate(this.#client).catch(() => {});
    else copy.on('error', () => {}).destroy(ended);
    this.#abort.abort(ended);
  }
}
