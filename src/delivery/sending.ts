import type { CheckedBytes } from './checked-objects.ts';

/** Bytes on their way out. */
export interface Sending {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes that were given away. */
  sent(): number;
  /** Ends the connection at once, however slowly it is read. */
  cut(): void;
}

/**
 * Gives bytes away as they are asked for, always one chunk behind what was read: the last one goes out only after all of them
 * were found right, so that nobody ever has the whole of what is wrong. A failure is told to `onFailure` before the connection
 * breaks.
 */
export function sendBytes(
  { source, read, assertRight }: CheckedBytes,
  onFailure: (error: unknown) => Promise<void>,
): Sending {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let held: Buffer | null = null;
  let sent = 0;
  let isOver = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const stop = (): void => {
    isOver = true;
    source.destroy();
  };
  const give = (chunk: Buffer): void => {
    sent += chunk.length;
    controller.enqueue(chunk);
  };
  const pull = async (): Promise<void> => {
    for (;;) {
      const { value } = await iterator.next();
      if (value === undefined) break;
      read(value);
      const before = held;
      held = value;
      if (before === null) continue;
      if (!isOver) give(before);
      return;
    }
    await assertRight();
    if (isOver) return;
    isOver = true;
    if (held !== null) give(held);
    controller.close();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (its) => void (controller = its),
      pull: async () => {
        try {
          await pull();
        } catch (error) {
          if (isOver) return;
          stop();
          await onFailure(error);
          controller.error(error);
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
  // Once it is destroyed nobody waits for its errors.
  source.on('error', () => {});
  return {
    body,
    sent: () => sent,
    cut: () => {
      if (isOver) return;
      stop();
      controller.error(new Error('The download was ended.'));
    },
  };
}
