import { createRequire } from 'node:module';
import type * as Age from 'age-encryption';
import { CarryallError, type Fault } from '../../errors.ts';

/** Whom a file is sealed for. A passphrase stands alone: age mixes it with nothing. */
export type Sealing =
  | { readonly kind: 'RECIPIENTS'; readonly recipients: readonly string[] }
  | { readonly kind: 'PASSPHRASE'; readonly passphrase: string };

const MOST_RECIPIENTS = 100;
const SHORTEST_PASSPHRASE = 12;
const POST_QUANTUM = /^age1(?:tag)?pq1/;
const CHOOSE_PASSPHRASE =
  'is shorter than 12 characters: whoever has the file can guess as often as they like; take five random words';

// The configuration is read synchronously by every command, and loading age takes about 100 ms: only where it is needed.
const load = createRequire(import.meta.url);

/** The recipients of a list such as `age1…,age1…`, unchecked; undefined for an empty text. */
export function recipientsOf(list: string | undefined): Sealing | undefined {
  if (list === undefined || list.trim() === '') return undefined;
  return { kind: 'RECIPIENTS', recipients: list.split(',').map((each) => each.trim()) };
}

/** Everything that is wrong with a sealing, each under `path`. No reason repeats what was given: it may be a secret. */
export function sealingFaults(sealing: Sealing, path: string): readonly Fault[] {
  return reasonsAgainst(sealing).map((reason) => ({ path, reason }));
}

/** Hands a sealing back when it can be used. Throws BAD_INPUT with all faults at once. */
export function checkSealing(sealing: Sealing, path: string): Sealing {
  const faults = sealingFaults(sealing, path);
  if (faults.length > 0) throw new CarryallError('BAD_INPUT', 'Nothing can be sealed like this.', { faults });
  return sealing;
}

function reasonsAgainst(sealing: Sealing): readonly string[] {
  switch (sealing.kind) {
    case 'PASSPHRASE':
      return Array.from(sealing.passphrase).length < SHORTEST_PASSPHRASE ? [CHOOSE_PASSPHRASE] : [];
    case 'RECIPIENTS':
      return reasonsAgainstRecipients(sealing.recipients);
    default:
      return sealing satisfies never;
  }
}

function reasonsAgainstRecipients(recipients: readonly string[]): readonly string[] {
  if (recipients.length === 0) return ['names nobody'];
  if (recipients.length > MOST_RECIPIENTS) return [`names more than ${MOST_RECIPIENTS} recipients`];
  const { Encrypter } = load('age-encryption') as typeof Age;
  const reasons = recipients.flatMap((recipient, index) => {
    const name = recipients.length === 1 ? '' : `recipient ${index + 1} `;
    if (/^AGE-(?:SECRET-KEY|PLUGIN)-/i.test(recipient))
      return [`${name}is a secret identity: give the public recipient that belongs to it (age-keygen -y)`];
    try {
      new Encrypter().addRecipient(recipient);
      return [];
    } catch {
      return [`${name}is not a recipient of age, as age-keygen prints it: age1… or age1pq1…`];
    }
  });
  if (reasons.length > 0) return reasons;
  // What any of them can open is only as safe as the weakest; age's own program refuses it as well.
  const strong = recipients.filter((recipient) => POST_QUANTUM.test(recipient)).length;
  return strong === 0 || strong === recipients.length
    ? []
    : [
        'mixes post-quantum recipients with others, which takes their protection away: give only the ones or the others',
      ];
}
