import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../access/actor.ts';
import { count } from '../metrics.ts';
import { traced } from '../spans.ts';
import { withSnapshot } from '../store/session.ts';
import { Damaged, openCheckedObjects, type CheckedBytes } from './checked-objects.ts';
import type { DeliveryDesk } from './desk.ts';
import { beginStream, endStream, type Beginning, type Downloader, type Sent, type Stream } from './downloads.ts';
import { reportDamage, type Damage } from './incidents.ts';
import { savedAs, readLinkState, type GoneReason, type LinkId, type LinkRow, type LinkState } from './link-row.ts';
import { sendBytes } from './sending.ts';
import { openStreamWatch } from './stream-watch.ts';

/** A part of a bundle; both ends included. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** What comes of opening a link for its bytes. */
export type Opened =
  | {
      readonly kind: 'BYTES';
      readonly body: ReadableStream<Uint8Array>;
      /** To be told, once, when the connection is over: whether all that was to be sent has gone out. */
      readonly ended: (isSent: boolean) => Promise<void>;
    }
  /** The place of the bundles sends them itself; with that they count as delivered. */
  | { readonly kind: 'ELSEWHERE'; readonly url: string }
  | { readonly kind: 'GONE'; readonly reason: GoneReason }
  | { readonly kind: 'DAMAGED'; readonly damage: Damage }
  /** Another connection sends, or too many do. */
  | { readonly kind: 'BUSY' | 'FULL' };

/** How links become bytes. Disposing it cuts what is being sent, and notes how far that was. */
export interface Delivery extends AsyncDisposable {
  readonly desk: DeliveryDesk;
  /** Whether a link is good. */
  look(key: LinkId): Promise<LinkState>;
  /** Opens a link for the whole of its bundle, or for a part. Throws DATABASE_FAILED. */
  open(link: LinkId, by: Downloader, part: Part | null): Promise<Opened>;
}

const ASK_AGAIN_MS = 50;
const CLOSING_MS = 2000;
const NOTHING: Sent = { bytes: 0, isAtEnd: false };

/** Opens delivery for one process. */
export function openDelivery(desk: DeliveryDesk): Delivery {
  const { pool, storage, limits, onFault } = desk;
  const objects = openCheckedObjects(storage);
  const watch = openStreamWatch(pool, limits, onFault);
  let streams = 0;
  const endings = new Set<Promise<void>>();

  /** Whoever comes while another connection sends may be its own successor: that one's end is noted in a moment. */
  const begin = async (link: LinkId, by: Downloader, isResuming: boolean): Promise<Beginning> => {
    for (let waited = 0; ; waited += ASK_AGAIN_MS) {
      const beginning = await beginStream(desk, link, by, isResuming && waited >= limits.takeOverMs);
      if (beginning.kind !== 'BUSY' || waited >= limits.waitMs) return beginning;
      await sleep(ASK_AGAIN_MS);
    }
  };
  const damaged = async (damage: Damage, stream: Stream): Promise<Opened> => {
    await reportDamage(desk, damage, stream.link, stream.by.actor);
    await endStream(desk, stream, NOTHING);
    count('carryall_downloads_total', { outcome: damage });
    return { kind: 'DAMAGED', damage };
  };
  const send = (stream: Stream, bytes: CheckedBytes, end: number): Opened => {
    const { link, by } = stream;
    const sending = sendBytes(bytes, async (error) => {
      if (error instanceof Damaged) await reportDamage(desk, error.damage, link, by.actor).catch(onFault);
      else onFault(error);
    });
    const watching = watch.watch({ tenantId: link.tenantId, streamId: stream.id, ...sending });
    const over = Promise.withResolvers<void>();
    endings.add(over.promise);
    const ended = async (isSent: boolean): Promise<void> => {
      sending.cut();
      streams -= 1;
      const noted = await watching.end();
      const isAtEnd = isSent && end === link.object.bytes - 1;
      count('carryall_download_bytes_total', {}, sending.sent());
      const isWhole = await endStream(desk, stream, { bytes: sending.sent() - noted, isAtEnd });
      count('carryall_downloads_total', { outcome: isWhole ? 'COMPLETE' : isSent ? 'PART' : 'BROKEN_OFF' });
    };
    return {
      kind: 'BYTES',
      body: sending.body,
      ended: async (isSent) => {
        await ended(isSent).catch(onFault);
        endings.delete(over.promise);
        over.resolve();
      },
    };
  };
  const read = async (stream: Stream, part: Part | null): Promise<CheckedBytes> => {
    const { object, tenantId } = stream.link;
    if (part === null) return objects.whole(object);
    // A large one takes a while to be read through, and may be revoked meanwhile.
    const stop = new AbortController();
    const watching = watch.watch({ tenantId, streamId: stream.id, sent: () => null, cut: () => stop.abort() });
    try {
      return await objects.part(object, part.start, part.end, stop.signal);
    } finally {
      await watching.end();
    }
  };
  const serve = async (stream: Stream, part: Part | null): Promise<Opened> => {
    if (streams >= limits.streams) {
      await endStream(desk, stream, NOTHING);
      return { kind: 'FULL' };
    }
    streams += 1;
    try {
      return send(stream, await read(stream, part), part?.end ?? stream.link.object.bytes - 1);
    } catch (error) {
      streams -= 1;
      throw error;
    }
  };
  const redirect = async (stream: Stream, presign: NonNullable<typeof storage.presign>): Promise<Opened> => {
    const { link } = stream;
    const facts = await storage.stat(link.object.key);
    if (facts === null) return damaged('LOST', stream);
    if (facts.bytes !== link.object.bytes) return damaged('MISMATCH', stream);
    const url = await presign(link.object.key, { seconds: limits.redirectSeconds, filename: savedAs(link) });
    const sent = { bytes: facts.bytes, isAtEnd: true };
    if (!(await endStream(desk, stream, sent))) return { kind: 'GONE', reason: 'REVOKED' };
    count('carryall_downloads_total', { outcome: 'ELSEWHERE' });
    return { kind: 'ELSEWHERE', url };
  };

  const open = async (key: LinkId, by: Downloader, part: Part | null): Promise<Opened> => {
    const beginning = await begin(key, by, part !== null && part.start > 0);
    if (beginning.kind !== 'BEGUN') return beginning;
    const { stream } = beginning;
    try {
      return await (storage.presign === null ? serve(stream, part) : redirect(stream, storage.presign));
    } catch (error) {
      if (error instanceof Damaged) return await damaged(error.damage, stream);
      await endStream(desk, stream, NOTHING).catch(onFault);
      if ((error as Error).name === 'AbortError') return { kind: 'GONE', reason: 'REVOKED' };
      throw error;
    }
  };

  return {
    desk,
    look: (key) => withSnapshot(pool, key.tenantId, (reader) => readLinkState(reader, key)),
    open: (key, by, part) =>
      traced('bundle.download', {}, async ({ note }) => {
        const opened = await open(key, by, part);
        note({ outcome: opened.kind });
        return opened;
      }),
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await Promise.race([Promise.all(endings), sleep(CLOSING_MS, undefined, { ref: false })]);
    },
  };
}

/** Whether a link is this actor's own. */
export function isForActor({ tenantId, subjectId }: Pick<LinkRow, 'tenantId' | 'subjectId'>, actor: Actor): boolean {
  return actor.kind === 'SUBJECT' && actor.tenant === tenantId && actor.subjectId === subjectId;
}
