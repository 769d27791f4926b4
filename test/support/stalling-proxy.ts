import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a PostgreSQL server that can go dead. */
export interface StallingProxy extends AsyncDisposable {
  /** The connection string that leads through it. */
  readonly url: string;
  /** Forwards nothing more, in either direction, on old and new connections; all stay open. */
  stall(): void;
  /** Drops all connections. */
  cut(): void;
}

/** Opens a proxy on 127.0.0.1 to the server of a connection string. */
export async function openStallingProxy(databaseUrl: string): Promise<StallingProxy> {
  const url = new URL(databaseUrl);
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = Number(url.port || 5432);
  const sockets = new Set<Socket>();
  let stalled = false;
  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from
      .on('data', (bytes) => void (stalled || to.write(bytes)))
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(from);
        if (!stalled) to.destroy();
      });
  };
  const server = createServer((client) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    forward(client, upstream);
    forward(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.searchParams.delete('host');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    stall: () => void (stalled = true),
    cut,
    async [Symbol.asyncDispose]() {
      stalled = false;
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
