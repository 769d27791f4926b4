import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a port on this machine, which can be cut. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** Where the line leads. */
  leadTo(port: number): void;
  /** Ends those that are open; each that follows breaks after so many bytes from the client, in this order, then none does. */
  cutAfter(bytes: readonly number[]): void;
  /** The connections that were cut. */
  readonly cuts: number;
}

export async function openCuttingProxy(): Promise<CuttingProxy> {
  let port = 0;
  let budgets: number[] = [];
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    let left = budgets.shift() ?? Infinity;
    const upstream = connect(port, '127.0.0.1');
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (bytes) => {
      upstream.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left > 0) return;
      cuts += 1;
      end();
    });
    upstream.on('data', (bytes) => void client.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (to) => void (port = to),
    cutAfter(bytes) {
      budgets = [...bytes];
      for (const socket of sockets) socket.destroy();
    },
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
