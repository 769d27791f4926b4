import { type ImportContext, rowId } from '../context.ts';
import { BadRow, type Meaning, Person } from '../importer.ts';
import { identifier, identifiers, normalisePhone } from '../values/identifiers.ts';
import { fromEpoch, toInstant } from '../values/instants.ts';
import type { CallField, CallStatus, Layout } from './call.ts';

type Cells = Readonly<Record<string, string>>;

/** A call detail record as a row, owned by the account or the number at the tenant's end. */
export function understandCall(context: ImportContext, layout: Layout, cells: Cells): Meaning {
  const cell = (field: CallField): string => (cells[layout.fields[field] ?? ''] ?? '').trim();
  const isThere = (field: CallField): boolean => (layout.fields[field] ?? '') in cells;
  const country = layout.country ?? context.country;
  const isInbound = layout.inbound(cell('direction'));
  const unusable: string[] = [];
  const number = (field: 'calling' | 'called' | 'callerId', column: string): string | null => {
    const text = cell(field);
    const found = text === '' ? null : normalisePhone(text, country);
    // An extension, a SIP address, a short code, `anonymous`.
    if (found === null && text !== '') unusable.push(`call-records.${column}`);
    return found;
  };
  const calling = number('calling', 'callingNumber');
  const called = number('called', 'calledNumber');
  const other = isInbound ? calling : called;
  const owner = ownerOf(layout, cell('account'), isInbound ? called : calling);
  const key = cell('id') || `row ${JSON.stringify(Object.values(cells))}`;
  const status = statusOf(layout, cell('status'), isThere('answered') ? cell('answered') : null);
  // A word that the layout does not know is not guessed at.
  if (status === null && cell('status') !== '') unusable.push('call-records.status');
  const campaign = cell('campaign');
  // Where a policy names the number at the other end, whichever end that is, the two ends are not kept apart.
  const numbers = context.names('call.counterpartNumber')
    ? { counterpartNumber: other }
    : {
        callingNumber: calling,
        calledNumber: called,
        ...(isThere('callerId') && { callerIdDisplayed: number('callerId', 'callerIdDisplayed') }),
      };
  return {
    people: [owner],
    unusable,
    rows: [
      {
        model: 'CallRecord',
        id: rowId(context, 'CallRecord', layout.source, key),
        values: {
          subjectId: owner,
          sourceSystem: layout.source,
          direction: isInbound ? 'INBOUND' : 'OUTBOUND',
          ...numbers,
          startedAt: startOf(cell('startedAt'), layout),
          durationSeconds: secondsOf(cell('duration')),
          status,
          ...(isThere('plan') && { planTier: planOf(cell('plan')) }),
          ...(isThere('session') && { realtimeSessionId: cell('session') || null }),
          ...(isThere('campaign') && {
            campaignId: campaign === '' ? null : rowId(context, 'Campaign', 'ndjson', campaign),
          }),
        },
      },
    ],
  };
}

function ownerOf(layout: Layout, account: string, own: string | null): Person {
  const byAccount = layout.owner === 'number' ? null : identifier('ACCOUNT_ID', account, null);
  if (byAccount) return new Person([byAccount]);
  const byNumber = layout.owner === 'account' ? null : identifiers(own === null ? null : { kind: 'PHONE', value: own });
  if (byNumber?.length) return new Person(byNumber);
  throw new BadRow(
    layout.owner === 'account'
      ? 'the row has no account code, and the mapping finds owners by it'
      : "the call has no owner: an account code, or a phone number at the tenant's end, is wanted",
  );
}

function startOf(text: string, { fields, zone }: Layout): string {
  const start = /^\d{9,17}(?:\.\d+)?$/.test(text) ? fromEpoch(text) : toInstant(text, zone);
  if (start === null)
    throw new BadRow(
      `${fields.startedAt} must be an instant: ISO 8601, YYYY-MM-DD HH:mm:ss, RFC 2822, or a count since 1970`,
    );
  return start;
}

function secondsOf(text: string): number | null {
  if (text === '') return null;
  if (!/^\d{1,9}(?:\.\d+)?$/.test(text)) throw new BadRow('the duration must be a number of seconds');
  return Math.round(Number(text));
}

// A call that is hung up in the ordinary way was answered only if someone talked.
function statusOf(layout: Layout, text: string, billed: string | null): CallStatus | null {
  if (text === '') return null;
  const status = layout.statuses.get(text.toUpperCase());
  if (status === undefined) return null;
  return status === 'ANSWERED' && billed === '0' ? 'NO_ANSWER' : status;
}

function planOf(text: string): string | null {
  return text === '' ? null : text.toUpperCase();
}
