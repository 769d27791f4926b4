import type { TypedDocumentString } from '../../src/generated/portal-documents/graphql.ts';
import { AskError, send, type Declaration } from './ask.ts';

interface Payload<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/**
 * The results of a subscription, as GraphQL over server-sent events brings them (distinct connections mode). Ends when the
 * gateway says that it is complete; throws AskError when the connection breaks before that.
 */
export async function* events<Result, Variables>(
  declaration: Declaration | null,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  const response = await send(declaration, document, variables, 'text/event-stream', signal);
  const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  if (!response.ok || !isStream || response.body === null) throw new AskError('NO_STREAM', `HTTP ${response.status}`);
  for await (const { event, data } of readEvents(response.body)) {
    if (event === 'complete') return;
    if (event !== 'next') continue;
    const payload = JSON.parse(data) as Payload<Result>;
    const [fault] = payload.errors ?? [];
    if (fault !== undefined) throw new AskError(fault.extensions?.code ?? 'INTERNAL', fault.message);
    if (payload.data !== undefined && payload.data !== null) yield payload.data;
  }
  throw new AskError('OFFLINE', 'The stream broke off.');
}

interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** The events of a stream (HTML Standard, 9.2.6), as far as servers of GraphQL write them. */
async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function eventOf(block: string): ServerEvent {
  const fields = block.split('\n').map((line) => /^([^:]*):? ?(.*)$/.exec(line)?.slice(1) ?? []);
  const all = (name: string): string[] => fields.flatMap(([key, value = '']) => (key === name ? [value] : []));
  return { event: all('event').at(-1) ?? 'message', data: all('data').join('\n') };
}
