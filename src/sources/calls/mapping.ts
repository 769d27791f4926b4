import { readFile } from 'node:fs/promises';
import { isSupportedCountry } from 'libphonenumber-js/min';
import { parse } from 'yaml';
import { z } from 'zod';
import { CarryallError } from '../../errors.ts';
import { isZone } from '../values/instants.ts';
import { CALL_FIELDS, HANGUP_CAUSES, type Layout } from './call.ts';
import { columnName } from './layouts.ts';

const STATUSES = ['ANSWERED', 'NO_ANSWER', 'BUSY', 'FAILED', 'CANCELED', 'VOICEMAIL'] as const;

/** The mapping file: which column of an unknown call detail record is what. */
const mapping = z.strictObject({
  source: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be a short name in lower case')
    .default('cdr'),
  delimiter: z.string().length(1).default(','),
  /** The names of all columns, for a file without a header. */
  header: z.array(z.string().min(1)).min(1).optional(),
  columns: z
    .partialRecord(z.enum(CALL_FIELDS), z.string().min(1))
    .refine((columns) => columns.startedAt !== undefined, 'must say which column is `startedAt`'),
  statuses: z.record(z.string(), z.enum(STATUSES)).default({}),
  inbound: z.array(z.string()).default(['inbound', 'in']),
  country: z.string().refine(isSupportedCountry, 'must be an ISO 3166-1 country code').optional(),
  timezone: z.string().refine(isZone, 'must be a time zone such as Europe/Amsterdam').default('UTC'),
  owner: z.enum(['account', 'number', 'account-or-number']).default('account-or-number'),
});

/** Reads a mapping file, JSON or YAML. Throws BAD_INPUT with all its faults. */
export async function readMapping(path: string): Promise<Layout> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CarryallError('BAD_INPUT', `The mapping ${path} cannot be read.`, { cause });
  });
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', `The mapping ${path} is neither YAML nor JSON.`, { cause });
  }
  const parsed = mapping.safeParse(document);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => ({
      path: `${path} ${issue.path.join('.')}`,
      reason: issue.message,
    }));
    throw new CarryallError('BAD_INPUT', `The mapping ${path} has ${faults.length} faults.`, { faults });
  }
  const { source, delimiter, header, columns, statuses, inbound, country, timezone, owner } = parsed.data;
  const told = Object.entries(statuses).map(([word, status]) => [word.toUpperCase(), status] as const);
  const inboundWords = new Set(inbound.map((word) => word.toLowerCase()));
  return {
    source,
    delimiter,
    ...(header && { columns: header.map(columnName) }),
    fields: Object.fromEntries(Object.entries(columns).map(([field, column]) => [field, columnName(column)])),
    statuses: new Map([...HANGUP_CAUSES, ...STATUSES.map((status) => [status, status] as const), ...told]),
    inbound: (direction) => inboundWords.has(direction.toLowerCase()),
    country: country ?? null,
    zone: timezone,
    owner,
  };
}
