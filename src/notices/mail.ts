import { createTransport } from 'nodemailer';
import type { Rendered } from './render.ts';

/** By which server mail goes out, and in whose name. The address may hold a password: never log it. */
export interface MailSettings {
  /** smtp://… or smtps://… */
  readonly server: string;
  readonly from: string;
  /** Where the operator reads what concerns it. */
  readonly operatorMailbox: string;
}

/** A message for one receiver. */
export interface Mail extends Rendered {
  /** The notice that it is: sent again after a crash, it has the same Message-ID, by which a mail server or reader drops it. */
  readonly id: string;
  readonly to: string;
}

/**
 * How a sending ended. LATER: it may go out when tried again; NEVER: this receiver will not have it; DOWN: nobody will, until
 * the server is back.
 */
export type Outcome =
  | { readonly kind: 'SENT' }
  | { readonly kind: 'LATER' | 'NEVER' | 'DOWN'; readonly failureCode: string };

export interface Mailer extends Disposable {
  send(mail: Mail): Promise<Outcome>;
}

const CONNECT_MS = 10_000;
const SILENT_MS = 30_000;
const LONGEST_MS = 60_000;

/** A mailer of one server. Mail to another machine goes over TLS, or not at all: it may hold a code. */
export function createMailer({ server, from }: Omit<MailSettings, 'operatorMailbox'>): Mailer {
  const { protocol, hostname, port, username, password } = new URL(server);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !isLoopback(hostname),
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = domainOf(from);
  return {
    async send({ id, to, subject, text, html }) {
      try {
        await transport.sendMail({
          from,
          // As an object it is one address, whatever characters are in it.
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
          // No automatic answer to an automatic message (RFC 3834).
          headers: { 'auto-submitted': 'auto-generated' },
          signal: AbortSignal.timeout(LONGEST_MS),
        });
        return { kind: 'SENT' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    [Symbol.dispose]: () => transport.close(),
  };
}

/** The domain of an address such as `Callr <privacy@callr.example>`. */
function domainOf(from: string): string {
  return /@([^\s>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Nothing of what a server says is kept: it may quote the address. */
function outcomeOf(error: unknown): Outcome {
  const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
  const isOfReceiver = code === 'EENVELOPE' || command === 'RCPT TO' || code === 'EMESSAGE';
  if (!isOfReceiver)
    return { kind: 'DOWN', failureCode: code === 'EAUTH' ? 'MAIL_SIGN_IN_FAILED' : 'MAIL_SERVER_DOWN' };
  // Without an answer of the server the address itself is not one.
  const isFinal = responseCode === undefined || responseCode >= 500;
  return isFinal ? { kind: 'NEVER', failureCode: 'MAIL_REFUSED' } : { kind: 'LATER', failureCode: 'MAIL_DEFERRED' };
}
