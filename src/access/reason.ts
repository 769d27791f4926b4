import { CarryallError } from '../errors.ts';

/** The fewest characters in which somebody can say why they look. */
const SHORTEST = 10;

/** The key of a project or a system, and a number too short for a telephone's. */
const TICKET = '[A-Z][A-Z0-9]{0,15}-\\d{1,8}';

/** The reason in one line, without what is not seen. */
export function reasonOf(text: string): string | null {
  const line = text
    .normalize('NFC')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line === '' ? null : line;
}

/** Whether a text is long enough for a reason. */
export function isReason(text: string): boolean {
  return Array.from(reasonOf(text) ?? '').length >= SHORTEST;
}

/**
 * The ticket where the reason is on file: as it was declared, or the first `ticket:ABC-123` of the reason; in capitals. Throws
 * BAD_INPUT for one that was declared and is none.
 */
export function ticketOf(declared: string | null, reason: string | null): string | null {
  if (declared !== null && !new RegExp(`^${TICKET}$`, 'i').test(declared))
    throw new CarryallError('BAD_INPUT', 'A ticket looks like ABC-123: letters, a hyphen, at most eight digits.');
  const ticket = declared ?? new RegExp(`\\bticket:(${TICKET})\\b`, 'i').exec(reason ?? '')?.[1];
  return ticket?.toUpperCase() ?? null;
}
