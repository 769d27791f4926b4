import { type CallStatus, HANGUP_CAUSES, type Layout, words } from './call.ts';

const usual = {
  delimiter: ',',
  inbound: (direction: string) => /^(?:in|1$)/i.test(direction),
  country: null,
  zone: 'UTC',
  owner: 'account-or-number',
} as const satisfies Partial<Layout>;

const DISPOSITIONS: ReadonlyMap<string, CallStatus> = new Map([
  ...words({ ANSWERED: 'ANSWERED', BUSY: 'BUSY', FAILED: 'FAILED CONGESTION' }),
  ['NO ANSWER', 'NO_ANSWER'],
]);

const ASTERISK_COLUMNS =
  'accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,amaflags,uniqueid,userfield'.split(
    ',',
  );

const FREESWITCH_COLUMNS =
  'caller_id_name,caller_id_number,destination_number,context,start_stamp,answer_stamp,end_stamp,duration,billsec,hangup_cause,uuid,bleg_uuid,accountcode,read_codec,write_codec'.split(
    ',',
  );

const freeswitchFields = {
  id: 'uuid',
  calling: 'caller_id_number',
  called: 'destination_number',
  callerId: 'effective_caller_id_number',
  duration: 'billsec',
  status: 'hangup_cause',
  answered: 'billsec',
  direction: 'direction',
  account: 'accountcode',
  // Channel variables that an operator may add to the template.
  plan: 'plan_tier',
  session: 'realtime_session_id',
} as const;

/**
 * The layouts that are recognised by their header: all columns of `wants` must be there. The first that fits is taken.
 * `fields` may name columns that a file does without.
 */
export const LAYOUTS: readonly { readonly name: string; readonly wants: readonly string[]; readonly layout: Layout }[] =
  [
    // mod_cdr_csv, whose templates write the times as stamps or as counts.
    ...(['start_stamp', 'start_uepoch', 'start_epoch'] as const).map((start) => ({
      name: 'FreeSWITCH (mod_cdr_csv)',
      wants: ['caller_id_number', 'destination_number', start, 'billsec'],
      layout: {
        ...usual,
        source: 'freeswitch',
        fields: { ...freeswitchFields, startedAt: start },
        statuses: HANGUP_CAUSES,
      },
    })),
    {
      name: 'FreeSWITCH (CDR-Stats)',
      wants: ['callid', 'caller_id_number', 'destination_number', 'starting_date', 'billsec', 'hangup_cause_id'],
      layout: {
        ...usual,
        source: 'freeswitch',
        fields: { ...freeswitchFields, id: 'callid', startedAt: 'starting_date', status: 'hangup_cause_id' },
        statuses: HANGUP_CAUSES,
      },
    },
    {
      name: 'Asterisk (Master.csv)',
      wants: ['accountcode', 'src', 'dst', 'start', 'billsec', 'disposition'],
      layout: {
        ...usual,
        source: 'asterisk',
        fields: {
          id: 'uniqueid',
          calling: 'src',
          called: 'dst',
          startedAt: 'start',
          duration: 'billsec',
          status: 'disposition',
          account: 'accountcode',
        },
        statuses: DISPOSITIONS,
      },
    },
    {
      name: 'Twilio (call log)',
      wants: ['callsid', 'from', 'to', 'status', 'starttime', 'duration', 'direction'],
      layout: {
        ...usual,
        source: 'twilio',
        fields: {
          id: 'callsid',
          calling: 'from',
          called: 'to',
          startedAt: 'starttime',
          duration: 'duration',
          status: 'status',
          direction: 'direction',
        },
        statuses: words({
          ANSWERED: 'COMPLETED',
          NO_ANSWER: 'NO-ANSWER',
          BUSY: 'BUSY',
          FAILED: 'FAILED',
          CANCELED: 'CANCELED CANCELLED',
        }),
        // The account's SID names the operator, not the person.
        owner: 'number',
      },
    },
  ];

/** The layout of a header, or of a first row where the file has none; null when it is neither. */
export function recognise(
  first: readonly string[],
): { readonly layout: Layout; readonly columns: readonly string[]; readonly isHeader: boolean } | null {
  const plain = first.map(columnName);
  // Twilio writes its columns with spaces, or without them, and calls the id by two names.
  const tight = plain.map((name) => name.replaceAll('_', '')).map((name) => (name === 'sid' ? 'callsid' : name));
  for (const columns of [plain, tight]) {
    const found = LAYOUTS.find(({ wants }) => wants.every((column) => columns.includes(column)));
    if (found) return { layout: found.layout, columns, isHeader: true };
  }
  const headerless = recogniseRow(first);
  return headerless && { ...headerless, isHeader: false };
}

/** A column's name as layouts and mappings write it: `Start Time` is `start_time`. */
export function columnName(header: string): string {
  return header
    .trim()
    .toLowerCase()
    .replaceAll(/[\s.-]+/g, '_');
}

const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

function recogniseRow(row: readonly string[]): { layout: Layout; columns: readonly string[] } | null {
  if (row.length >= 16 && row.length <= 18 && STAMP.test(row[9] ?? '') && DISPOSITIONS.has(row[14] ?? '')) {
    return { layout: layoutOf('Asterisk (Master.csv)'), columns: ASTERISK_COLUMNS.slice(0, row.length) };
  }
  if (row.length === FREESWITCH_COLUMNS.length && STAMP.test(row[4] ?? '') && /^[A-Z_]+$/.test(row[9] ?? '')) {
    return { layout: layoutOf('FreeSWITCH (mod_cdr_csv)'), columns: FREESWITCH_COLUMNS };
  }
  return null;
}

function layoutOf(name: string): Layout {
  const found = LAYOUTS.find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`No layout ${name}`);
  return found.layout;
}
