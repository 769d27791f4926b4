import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a listener was sent. */
export interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A system of an operator that listens for webhooks on this machine. */
export interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly heard: readonly Heard[];
  /** How it answers from here on. */
  answer(how: (response: ServerResponse) => void): void;
  /** Connections that are open. */
  connections(): Promise<number>;
}

export async function openListener(host = '127.0.0.1'): Promise<Listener> {
  const heard: Heard[] = [];
  let answer = (response: ServerResponse): void => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    response.on('error', () => {});
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body });
      answer(response);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/hook`,
    heard,
    answer: (how) => void (answer = how),
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
