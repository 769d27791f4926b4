import type { ImportContext } from './context.ts';
import type { Importer } from './importer.ts';
import { openCalls } from './calls/calls.ts';
import { openKeygen } from './licences/keygen.ts';
import { openLemonSqueezy } from './licences/lemonsqueezy.ts';
import { openPlain } from './plain/plain.ts';
import { openStripe } from './stripe/stripe.ts';
import { openFreshdesk } from './tickets/freshdesk.ts';
import { openZendesk } from './tickets/zendesk.ts';

/** What may be asked of an importer. */
export interface KindOptions {
  /** For `cdr`: the path of a mapping file. */
  readonly mapping?: string | undefined;
  /** For `ndjson`: the dataset of lines that do not name one. */
  readonly dataset?: string | undefined;
  /** The name of the source system, where the kind does not say it. */
  readonly source?: string | undefined;
}

type Open = (context: ImportContext, options: KindOptions) => Importer | Promise<Importer>;

/** The kinds of file that can be imported. */
const kinds = {
  // Customers, subscriptions, invoices and charges of the Stripe API.
  stripe: openStripe,
  // Call detail records as CSV: FreeSWITCH, Asterisk, Twilio, others by a mapping.
  cdr: openCalls,
  // Tickets with their conversations.
  freshdesk: openFreshdesk,
  zendesk: openZendesk,
  // Licence keys with their activations.
  lemonsqueezy: openLemonSqueezy,
  keygen: openKeygen,
  // Rows of any dataset, one a line.
  ndjson: openPlain,
} as const satisfies Record<string, Open>;

export type ImportKind = keyof typeof kinds;

export const IMPORT_KINDS = Object.keys(kinds) as readonly ImportKind[];

/** True for a kind of file that can be imported. */
export function isImportKind(text: string): text is ImportKind {
  return Object.hasOwn(kinds, text);
}

/** The importer of a kind. Throws BAD_INPUT for options that it cannot use. */
export async function openImporter(kind: ImportKind, context: ImportContext, options: KindOptions): Promise<Importer> {
  return kinds[kind](context, options);
}
