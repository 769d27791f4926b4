import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { MemoryBucket, S3Fault } from './bucket.ts';
import { answer, operationOf, type Answer, type Operation } from './operations.ts';
import { faultOfSignature, type Account } from './signature.ts';

/** What goes wrong with a call; `null`: nothing. */
export type Trouble =
  /** Refused before anything was done. */
  | { readonly kind: 'STATUS'; readonly status: number; readonly code: string }
  /** Never answered, and not done. */
  | { readonly kind: 'HANG' }
  /** The connection breaks; `done` says whether the call was carried out. */
  | { readonly kind: 'DROP'; readonly done: boolean }
  /** Other bytes than those that S3 would send, with 200. */
  | { readonly kind: 'ANSWER'; readonly done: boolean; readonly body: string }
  /** Carried out and answered, with these headers changed. */
  | { readonly kind: 'ALTERED'; readonly headers: Readonly<Record<string, string>> }
  /** Carried out, and answered with the first bytes only; then the connection breaks, or nothing more comes. */
  | { readonly kind: 'CUT'; readonly bytes: number; readonly end: 'BREAK' | 'SILENCE' }
  | null;

/** A call of a client; numbered from 1, retries and all. */
export interface Call {
  readonly number: number;
  readonly operation: Operation;
  readonly path: string;
  /** The number of the part, if it is one. */
  readonly part: number | null;
  readonly headers: IncomingMessage['headers'];
}

export interface S3Server extends AsyncDisposable {
  readonly url: string;
  readonly account: Account;
  /** There is one, named `bundles`. */
  readonly bucket: MemoryBucket;
  readonly calls: Call[];
  /** Asked at each call. */
  trouble: (call: Call) => Trouble | Promise<Trouble>;
  now: () => Date;
  /** Of a list of uploads. */
  pageSize: number;
  /** Waits for the call that fits. */
  called(fits: (call: Call) => boolean): Promise<void>;
}

const ACCOUNT: Account = { accessKeyId: 'AKIATEST', secretAccessKey: 'not/a+secret' };

/**
 * An S3 on the loopback: uploads in parts, HEAD, GET with ranges, DELETE and the list of uploads, each call with its
 * signature checked. No package that can be had has the list of uploads, without which no sweep can be shown.
 */
export async function openS3Server(): Promise<S3Server> {
  const watchers = new Set<(call: Call) => void>();
  const http = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const call = callOf(server.calls.length + 1, request);
    server.calls.push(call);
    for (const watch of watchers) watch(call);
    const trouble = await server.trouble(call);
    const act = () => answered(request, body);
    switch (trouble?.kind) {
      case undefined:
        return send(response, act(), request);
      case 'STATUS':
        return send(response, faultAnswer(new S3Fault(trouble.status, trouble.code)), request);
      case 'HANG':
        return;
      case 'DROP':
        if (trouble.done) act();
        return void request.socket.destroy();
      case 'ANSWER':
        if (trouble.done) act();
        return send(response, { status: 200, headers: {}, body: Buffer.from(trouble.body) }, request);
      case 'ALTERED': {
        const whole = act();
        return send(response, { ...whole, headers: { ...whole.headers, ...trouble.headers } }, request);
      }
      case 'CUT': {
        const { status, headers, body: whole } = act();
        response.writeHead(status, { 'content-length': whole.length, ...headers });
        await new Promise((resolve) => response.write(whole.subarray(0, trouble.bytes), resolve));
        if (trouble.end === 'BREAK') request.socket.destroy();
        return;
      }
      default:
        return trouble satisfies undefined;
    }
  }

  function answered(request: IncomingMessage, body: Buffer): Answer {
    try {
      const fault = faultOfSignature(request, body, ACCOUNT, new Date());
      if (fault !== null) throw new S3Fault(fault === 'XAmzContentSHA256Mismatch' ? 400 : 403, fault);
      return answer(server.bucket, request, body, { now: server.now(), pageSize: server.pageSize });
    } catch (error) {
      if (error instanceof S3Fault) return faultAnswer(error);
      throw error;
    }
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: S3Server = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    account: ACCOUNT,
    bucket: new MemoryBucket(),
    calls: [],
    trouble: () => null,
    now: () => new Date(),
    pageSize: 1000,
    called: (fits) =>
      new Promise((resolve) => {
        const watch = (call: Call) => {
          if (!fits(call)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
      }),
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

function callOf(number: number, request: IncomingMessage): Call {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
  const part = searchParams.get('partNumber');
  const { headers } = request;
  return {
    number,
    operation: operationOf(request),
    path: pathname,
    part: part === null ? null : Number(part),
    headers,
  };
}

function send(response: ServerResponse, { status, headers, body }: Answer, { method }: IncomingMessage): void {
  response.writeHead(status, { 'content-length': body.length, ...headers });
  response.end(method === 'HEAD' ? '' : body);
}

function faultAnswer({ status, code }: S3Fault): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No.</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}
