import { Agent, request as send } from 'node:http';

/** A request over a connection that is kept. */
export interface Ask {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How many clients ask at a time, each as soon as it has its answer. */
const CLIENTS = 10;

/** Asks for `seconds` and gives how many milliseconds each answer took. Throws when one is not of status 200. */
export async function load(next: () => Ask, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  try {
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let start = performance.now(); start < end;) {
          await ask(next(), agent);
          const now = performance.now();
          times.push(now - start);
          start = now;
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return times;
}

/** The body of one answer. Throws when its status is not 200. */
export function ask({ url, headers, body }: Ask, agent?: Agent): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const length = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const asked = send(
    url,
    { method: 'POST', ...(agent === undefined ? {} : { agent }), headers: { ...headers, ...length } },
    (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => {
        const whole = Buffer.concat(pieces);
        if (answer.statusCode === 200) resolve(whole);
        else reject(new Error(`${url} answered ${String(answer.statusCode)}: ${whole.toString().slice(0, 500)}`));
      });
    },
  );
  asked.on('error', reject);
  asked.end(body);
  return promise;
}
