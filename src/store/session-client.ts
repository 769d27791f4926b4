import type { Readable } from 'node:stream';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { cellText } from './cells.ts';
import { copyRows, type CopyFormat, type CopyOptions } from './copy.ts';
import { toDatabaseError } from './failure.ts';
import { packetOf, type PacketQuery } from './packet.ts';
import { after, inWords } from './patience.ts';
import type { QueryOptions, SnapshotLimits, Writer } from './session.ts';
import type { Sql } from './sql.ts';
import { terminate } from './terminate.ts';

const ROLLBACK_MS = 5000;

/** One transaction on one client, and the limits on it. */
export class Session implements Writer {
  readonly #client: pg.ClientBase;
  readonly #limits: SnapshotLimits;
  readonly #abort = new AbortController();
  #longest: Disposable | undefined;
  #copy: Readable | undefined;
  #terminating: Promise<void> | undefined;
  /** What is asked in this turn, for the next packet. */
  #asked: PacketQuery[] = [];
  /** Settles when the client has done what it was given. */
  #before: Promise<unknown> = Promise.resolve();
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

  async query<Row extends object>(fragment: Sql, { isPrepared = false }: QueryOptions = {}): Promise<Row[]> {
    if (isPrepared) return (await this.#ask(fragment)) as Row[];
    return (await this.#run(fragment)).rows as Row[];
  }

  async cells(fragment: Sql, most: number): Promise<Buffer | null> {
    const rows = cellText(most);
    await this.#ask(fragment, (row) => rows.take(row));
    return rows.end();
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
    if (!this.broken) await this.#rollBack();
    this.#longest?.[Symbol.dispose]();
    await this.#terminating;
  }

  /** Whoever gives up does not wait for a line that went dead, nor for a statement that is still at work. */
  async #rollBack(): Promise<void> {
    using _patience = after(ROLLBACK_MS, () => {
      this.broken = true;
      this.#terminating = terminate(this.#client).catch(() => {});
    });
    await this.#send({ text: 'ROLLBACK' }).catch(() => (this.broken = true));
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

  async #run(fragment: Sql): Promise<pg.QueryResult> {
    this.#assertIdle();
    return this.#send({ text: fragment.text, values: [...fragment.values] });
  }

  #ask(fragment: Sql, take?: PacketQuery['take']): Promise<object[]> {
    return new Promise((resolve, reject) => {
      this.#assertIdle();
      if (this.#asked.length === 0) process.nextTick(() => void this.#inTurn(() => this.#sendPacket()));
      this.#asked.push({ fragment, take, resolve, reject });
    });
  }

  /** A client takes one thing at a time. */
  #inTurn<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#before.then(send);
    this.#before = sent.catch(() => {});
    return sent;
  }

  /** Sends what was asked; where one is refused, the transaction is, and the server skips what comes after it. */
  #sendPacket(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const limit = this.#limit();
    const fail = (error: Error, those: readonly PacketQuery[]): void => {
      for (const { reject } of those) reject(this.ended ?? toDatabaseError(error));
    };
    const sent = new Promise<void>((resolve) => {
      const done = (skipped: readonly PacketQuery[]): void => {
        fail(new Error('the transaction was refused'), skipped);
        resolve();
      };
      const lost = (error: Error): void => {
        fail(error, asked);
        resolve();
      };
      this.#client.query(packetOf([], asked, done, lost));
    });
    return sent.finally(() => limit?.[Symbol.dispose]());
  }

  // Not `statement_timeout`: it would also end a COPY whose reader is slow, and says nothing on a line that went dead.
  #limit(): Disposable | undefined {
    const { queryMs } = this.#limits;
    if (queryMs === undefined) return undefined;
    return after(queryMs, () =>
      this.#end(
        `The database took longer than ${inWords(queryMs)} for one query, which was ended. Check its load and its locks, or raise the limit.`,
      ),
    );
  }

  #send(query: pg.QueryConfig): Promise<pg.QueryResult> {
    return this.#inTurn(async () => {
      using _limit = this.#limit();
      try {
        return await this.#client.query(query);
      } catch (error) {
        throw this.ended ?? toDatabaseError(error);
      }
    });
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
