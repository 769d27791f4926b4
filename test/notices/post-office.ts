import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server on this machine, and what it was given. */
export interface PostOffice extends AsyncDisposable {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** Whom it takes no mail for. */
  refuse(address: string, code: number): void;
  /** Loses the connection when a mail has been taken, before it says so: as if we had died just then. */
  breakAfterNext(): void;
}

interface ReceivedMail {
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
}

export async function openPostOffice(): Promise<PostOffice> {
  const mails: ReceivedMail[] = [];
  const refused = new Map<string, number>();
  let isBreaking = false;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const code = refused.get(address);
      done(code === undefined ? null : Object.assign(new Error('not for us'), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      void (async () => {
        const raw = await text(stream);
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw,
          parsed: await simpleParser(raw),
        });
        if (isBreaking) {
          isBreaking = false;
          done(Object.assign(new Error('lost'), { responseCode: 421 }));
        } else done();
      })();
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (address, code) => void refused.set(address, code),
    breakAfterNext: () => void (isBreaking = true),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
