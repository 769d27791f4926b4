import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/** What a line does to what goes over it. */
export type Toxic =
  | { readonly kind: 'SLICED'; readonly bytes: number }
  | { readonly kind: 'SLOW'; readonly ms: number }
  /** The first so many connections break after so many bytes from the server. */
  | { readonly kind: 'BREAKING'; readonly afterBytes: number; readonly connections: number };

export interface ToxicProxy extends AsyncDisposable {
  /** The connection string that leads through it. */
  readonly url: string;
  /** How many connections it has broken. */
  readonly broken: () => number;
}

/** Opens a bad line on 127.0.0.1 to the server of a connection string. */
export async function openToxicProxy(databaseUrl: string, toxic: Toxic): Promise<ToxicProxy> {
  const url = new URL(databaseUrl);
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = Number(url.port || 5432);
  const sockets = new Set<Socket>();
  let [broken, connections] = [0, 0];
  const server = createServer((client) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          end();
        });
    }
    connections += 1;
    const breaks = toxic.kind === 'BREAKING' && connections <= toxic.connections;
    client.pipe(upstream);
    upstream
      .pipe(
        line(toxic, () => {
          if (!breaks) return;
          broken += 1;
          end();
        }),
      )
      .pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.searchParams.delete('host');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    broken: () => broken,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function line(toxic: Toxic, onFull: () => void): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback: TransformCallback) {
      switch (toxic.kind) {
        case 'SLICED':
          for (let at = 0; at < chunk.length; at += toxic.bytes) this.push(chunk.subarray(at, at + toxic.bytes));
          return callback();
        case 'SLOW':
          return void setTimeout(() => callback(null, chunk), toxic.ms);
        case 'BREAKING':
          passed += chunk.length;
          if (passed > toxic.afterBytes) onFull();
          return callback(null, chunk);
        default:
          return toxic satisfies never;
      }
    },
  });
}
