import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { jwksOf } from '../../src/bundle/sign/jwks.ts';
import { signerOf, type Signer } from '../../src/bundle/sign/jws.ts';
import type { Statement } from '../../src/delivery/transmission/statements.ts';
import { newKey } from '../signing/signed-bundles.ts';

/** Answers a statement. */
type Answer = (statement: Statement, response: ServerResponse) => unknown;

/** Somebody who is announced as a recipient and answers as a test wants. */
export interface FalseRecipient extends AsyncDisposable {
  readonly url: string;
  readonly keys: string;
  readonly signer: Signer;
  /** What was stated, in its order. */
  readonly heard: Statement[];
  /** How often it was asked for anything. */
  visits(): number;
  answerBy(answer: Answer): void;
}

export async function openFalseRecipient(): Promise<FalseRecipient> {
  const key = await newKey();
  const heard: Statement[] = [];
  let visits = 0;
  let answer: Answer = (_statement, response) => response.writeHead(500).end();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    visits += 1;
    if (request.url === '/jwks.json') return void response.end(JSON.stringify(jwksOf([key])));
    const { authorization } = request.headers;
    if (authorization === undefined) return void response.writeHead(500).end();
    const statement: Statement = decodeJwt(authorization.slice('Carryall '.length));
    heard.push(statement);
    request.resume().on('end', () => void answer(statement, response));
  };
  const server = createServer(take);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/intake/bundles`,
    keys: `${origin}/jwks.json`,
    signer: signerOf(key),
    heard,
    visits: () => visits,
    answerBy: (next) => {
      answer = next;
      heard.length = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ID = `rec_${'0'.repeat(24)}`;

/** Says that it has so much of a bundle. */
export function has(response: ServerResponse, offset: number): void {
  response.end(JSON.stringify({ id: ID, offset, status: 'RECEIVING', receipt: null }));
}

/** Says that it has ended, by a receipt. */
export function ended(response: ServerResponse, offset: number, status: string, receipt: string | null): void {
  response.end(JSON.stringify({ id: ID, offset, status, receipt }));
}
