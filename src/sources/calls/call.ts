/** The fields of a call detail record that are read; a layout says which column each stands in. */
export const CALL_FIELDS = [
  'id',
  'calling',
  'called',
  'callerId',
  'startedAt',
  'duration',
  'status',
  'answered',
  'direction',
  'account',
  'plan',
  'session',
  'campaign',
] as const;
export type CallField = (typeof CALL_FIELDS)[number];

export type CallStatus = 'ANSWERED' | 'NO_ANSWER' | 'BUSY' | 'FAILED' | 'CANCELED' | 'VOICEMAIL';

/** How call detail records of one system are laid out. */
export interface Layout {
  readonly source: string;
  /** All columns, where the file has no header. */
  readonly columns?: readonly string[];
  readonly delimiter: string;
  readonly fields: { readonly [F in CallField]?: string };
  readonly statuses: ReadonlyMap<string, CallStatus>;
  readonly inbound: (direction: string) => boolean;
  readonly country: string | null;
  readonly zone: string;
  /** By what the owner of a call is found: the account code, or else the number at the tenant's end. */
  readonly owner: 'account' | 'number' | 'account-or-number';
}

/** The statuses of FreeSWITCH hangup causes, by name and by their Q.850 number. */
export const HANGUP_CAUSES: ReadonlyMap<string, CallStatus> = words({
  ANSWERED: 'NORMAL_CLEARING 16',
  BUSY: 'USER_BUSY 17',
  NO_ANSWER: 'NO_USER_RESPONSE 18 NO_ANSWER 19 ALLOTTED_TIMEOUT SUBSCRIBER_ABSENT 20',
  CANCELED: 'ORIGINATOR_CANCEL 487 LOSE_RACE PICKED_OFF',
  FAILED:
    'CALL_REJECTED 21 UNALLOCATED_NUMBER 1 NO_ROUTE_DESTINATION 3 NO_ROUTE_TRANSIT_NET 2 DESTINATION_OUT_OF_ORDER 27 INVALID_NUMBER_FORMAT 28 ' +
    'NORMAL_UNSPECIFIED 31 NORMAL_CIRCUIT_CONGESTION 34 NETWORK_OUT_OF_ORDER 38 NORMAL_TEMPORARY_FAILURE 41 SWITCH_CONGESTION 42 ' +
    'OUTGOING_CALL_BARRED 52 INCOMPATIBLE_DESTINATION 88 RECOVERY_ON_TIMER_EXPIRE 102 MEDIA_TIMEOUT GATEWAY_DOWN INTERWORKING 127',
});

/** Words by status, turned round: words stand in upper case. */
export function words(byStatus: { readonly [S in CallStatus]?: string }): ReadonlyMap<string, CallStatus> {
  return new Map(
    Object.entries(byStatus).flatMap(([status, list]) =>
      list.split(' ').map((word): [string, CallStatus] => [word, status as CallStatus]),
    ),
  );
}
