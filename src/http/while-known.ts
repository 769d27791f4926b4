/**
 * A stream of events for as long as its caller is who they were: asked again every `everyMs`, and closed at the first refusal,
 * without the word that all was told (G-57). A failure of that question is a refusal, too.
 */
export function whileKnown(response: Response, isKnown: () => Promise<boolean>, everyMs: number): Response {
  const { body, status, headers } = response;
  if (body === null) return response;
  const events = body.getReader();
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const askLater = (): void => {
    timer = setTimeout(() => void ask(), everyMs);
  };
  const ask = async (): Promise<void> => {
    const known = await isKnown().catch(() => false);
    if (isOver) return;
    if (known) return askLater();
    // Whoever waits for the next event hears that there is none.
    await events.cancel().catch(() => {});
  };
  const end = (): void => {
    isOver = true;
    clearTimeout(timer);
  };
  askLater();
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await events.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel: async (reason) => {
      end();
      await events.cancel(reason);
    },
  });
  return new Response(stream, { status, headers });
}
