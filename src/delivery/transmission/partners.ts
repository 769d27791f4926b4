import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { CarryallError, isCarryallError, type Fault } from '../../errors.ts';
import { literalOf } from '../../notices/addresses.ts';
import type { OutgoingDoor } from '../../notices/outgoing.ts';
import { Locator } from '../../policy/faults.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'wanted a name of small letters, digits and hyphens');
const keys = z.string().min(1).max(2048).describe('The keys of the other side: the address of a JWKS, or a file.');
const intake = z
  .string()
  .max(2048)
  .refine((text) => URL.parse(text)?.pathname.endsWith('/intake/bundles') === true, {
    message: 'wanted the address of an intake, such as https://data.example.org/intake/bundles',
  });

const recipientSchema = z.strictObject({
  name,
  label: z.string().trim().min(1).max(100).describe('What the person reads.'),
  tenant: name.describe('Our operator, whose people may send their data there.'),
  url: intake,
  as: name.describe('What the other side calls us.'),
  tenantThere: name.describe('The operator there.'),
  keys,
});

const senderSchema = z.strictObject({
  name: name.describe('What it calls itself when it sends.'),
  keys,
  tenant: name.describe('Our operator, to whom it delivers.'),
  reviewer: name.describe('Who looks into what was refused; stands in the audit log.'),
  organisation: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('The id of the organisation that it is, where it is our customer too and hands us requests.'),
  maxBytes: z
    .int()
    .min(1)
    .max(64 * 1024 ** 3)
    .default(2 * 1024 ** 3),
});

const schema = z.strictObject({
  recipients: z.array(recipientSchema).max(1000).default([]),
  senders: z.array(senderSchema).max(1000).default([]),
});

/** Another controller, to whom people may have their data sent (Art. 20(2)). */
export type Recipient = z.infer<typeof recipientSchema>;
/** Another controller, from whom we take people's data. */
export type Sender = z.infer<typeof senderSchema>;

/** The other controllers with whom bundles are exchanged. */
export type Partners = z.infer<typeof schema>;

export const NO_PARTNERS: Partners = { recipients: [], senders: [] };

/**
 * Reads partners from a file of YAML or JSON. What a name of a host leads to is seen when it is dialled; an address in figures
 * is judged here. Throws BAD_INPUT with all faults at once, each with file, line and place.
 */
export async function readPartners(file: string, door: Pick<OutgoingDoor, 'assertMaySend'>): Promise<Partners> {
  const lines = new LineCounter();
  const document = parseDocument(await readText(file), { lineCounter: lines, prettyErrors: false });
  const locator = new Locator(basename(file), document, lines);
  if (document.errors.length > 0)
    throw unusable(document.errors.map(({ pos, message }) => ({ path: locator.at(pos[0]), reason: message })));
  const { data, error } = schema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (error !== undefined)
    throw unusable(
      error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => locator.fault([...issue.path, key], 'is no setting'))
          : [locator.fault(issue.path, issue.message)],
      ),
    );
  const faults = [
    ...twice(data.recipients, ({ tenant, name }) => `${tenant}/${name}`).map((at) => ['recipients', at] as const),
    ...twice(data.senders, (sender) => sender.name).map((at) => ['senders', at] as const),
  ].map((path) => locator.fault([...path, 'name'], 'stands there twice'));
  const addresses = [
    ...data.recipients.map(({ url }, at) => ({ path: ['recipients', at, 'url'], url })),
    ...data.recipients.map(({ keys }, at) => ({ path: ['recipients', at, 'keys'], url: keys })),
    ...data.senders.map(({ keys }, at) => ({ path: ['senders', at, 'keys'], url: keys })),
  ];
  for (const { path, url } of addresses) {
    const reason = await addressFault(door, url);
    if (reason !== null) faults.push(locator.fault(path, reason));
  }
  if (faults.length > 0) throw unusable(faults);
  const withKeys = <T extends { readonly keys: string }>(partner: T): T => ({
    ...partner,
    keys: isAddress(partner.keys) ? partner.keys : resolve(file, '..', partner.keys),
  });
  return { recipients: data.recipients.map(withKeys), senders: data.senders.map(withKeys) };
}

/** Whether keys are at an address, and not in a file. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function addressFault(door: Pick<OutgoingDoor, 'assertMaySend'>, text: string): Promise<string | null> {
  if (!isAddress(text)) return null;
  const url = URL.parse(text);
  if (url === null) return 'is no address';
  if (literalOf(url.hostname) === null && url.protocol === 'https:') return null;
  try {
    await door.assertMaySend(text);
    return null;
  } catch (error) {
    if (!isCarryallError(error, 'BAD_INPUT')) throw error;
    return error.faults.map(({ reason }) => reason).join('; ') || 'leads into an inner network';
  }
}

function twice<T>(list: readonly T[], keyOf: (each: T) => string): number[] {
  const names = list.map(keyOf);
  return names.flatMap((each, index) => (names.indexOf(each) < index ? [index] : []));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CarryallError('BAD_INPUT', `Cannot read ${file} (${code}). Check CARRYALL_RECIPIENTS.`, { cause });
  }
}

function unusable(faults: readonly Fault[]): CarryallError {
  return new CarryallError('BAD_INPUT', 'The file of recipients and senders is not usable.', { faults });
}
