import type { Environment } from '../environment.ts';
import type { Fault } from '../errors.ts';
import type { MailSettings } from './mail.ts';
import type { OutgoingOptions } from './outgoing.ts';

/** By which ways notices go out. */
export interface NoticeSettings {
  /** Undefined where there is no mail server: then mail waits. It may hold a password: never log it. */
  readonly mail: MailSettings | undefined;
  /** The operator's service that sends text messages. */
  readonly smsUrl: string | undefined;
  readonly outgoing: Required<Pick<OutgoingOptions, 'ports' | 'reach'>>;
}

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;
const SENDER = /^(?:[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/;

/** Reads how notices go out, with all faults. */
export function readNoticeSettings(env: Environment): {
  readonly settings: NoticeSettings;
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const fault = (path: keyof Environment, reason: string): void => void faults.push({ path, reason });
  const read = (name: keyof Environment): string => env[name] ?? '';
  const [server, from, operatorMailbox] = [
    read('CARRYALL_SMTP'),
    read('CARRYALL_MAIL_FROM'),
    read('CARRYALL_OPERATOR_MAIL'),
  ];
  if (server !== '') {
    if (!/^smtps?:$/.test(URL.parse(server)?.protocol ?? '') || URL.parse(server)?.hostname === '')
      fault('CARRYALL_SMTP', 'wanted smtps://user:password@host, or smtp:// with STARTTLS');
    if (!SENDER.test(from))
      fault('CARRYALL_MAIL_FROM', 'wanted the address that mail comes from, such as privacy@example.org');
    if (!ADDRESS.test(operatorMailbox))
      fault('CARRYALL_OPERATOR_MAIL', 'wanted the address at which you read what is due, overdue or went wrong');
  }
  const smsUrl = read('CARRYALL_SMS');
  if (smsUrl !== '' && !/^https?:$/.test(URL.parse(smsUrl)?.protocol ?? '')) fault('CARRYALL_SMS', 'wanted https://…');
  const ports = read('CARRYALL_OUTGOING_PORTS')
    .split(',')
    .filter((port) => port !== '')
    .map(Number);
  if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536))
    fault('CARRYALL_OUTGOING_PORTS', 'wanted ports, separated by commas, such as 8443');
  const loopback = read('CARRYALL_OUTGOING_LOOPBACK');
  if (loopback !== '' && loopback !== 'yes') fault('CARRYALL_OUTGOING_LOOPBACK', 'wanted yes, or nothing');
  return {
    settings: {
      mail: server === '' ? undefined : { server, from, operatorMailbox },
      smsUrl: smsUrl === '' ? undefined : smsUrl,
      outgoing: { ports, reach: loopback === 'yes' ? 'WORLD_AND_LOOPBACK' : 'WORLD' },
    },
    faults,
  };
}
