import { createRequire } from 'node:module';
import type * as Age from 'age-encryption';
import { CarryallError, type Fault } from '../errors.ts';
import { isBuilt, REQUEST_RIGHTS, type RequestRight } from './states.ts';
import type { SealedTo } from './sealing.ts';

/** What somebody asks for, as they say it. */
export interface RequestWish {
  readonly right: string;
  readonly format: string | null;
  readonly language: string | null;
  readonly passphrase: string | null;
  /** An age recipient. */
  readonly recipient: string | null;
  readonly details: string | null;
}

/** What is asked for, checked. */
export interface CheckedWish {
  readonly right: RequestRight;
  readonly format: 'ZIP' | 'JSON' | null;
  readonly language: string | null;
  readonly details: string | null;
  readonly sealedTo: SealedTo | null;
}

const LONGEST_DETAILS = 4000;
/** Shorter ones are sealed with nowhere. */
const PASSPHRASE = { shortest: 12, longest: 200 } as const;
const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const RECIPIENT = /^age1[a-z0-9]{20,2000}$/;

// Loading age takes about 100 ms, and few ask for it.
const load = createRequire(import.meta.url);

/** Checks a wish. Throws BAD_INPUT with all faults; none repeats a value. */
export function checkWish(wish: RequestWish): CheckedWish {
  const { format, language, passphrase, recipient, details } = wish;
  const faults: Fault[] = [];
  const right = REQUEST_RIGHTS.find((each) => each === wish.right);
  if (right === undefined) faults.push({ path: 'right', reason: `wanted one of ${REQUEST_RIGHTS.join(', ')}` });
  const isCopy = right !== undefined && isBuilt(right);
  if (format !== null && format !== 'ZIP' && format !== 'JSON')
    faults.push({ path: 'format', reason: 'wanted ZIP or JSON' });
  if (language !== null && !LANGUAGE_TAG.test(language))
    faults.push({ path: 'language', reason: 'wanted a language tag such as nl' });
  if (passphrase !== null && recipient !== null)
    faults.push({ path: 'recipient', reason: 'wanted a passphrase or a recipient, not both' });
  if ((passphrase ?? recipient) !== null && !isCopy)
    faults.push({ path: passphrase === null ? 'recipient' : 'passphrase', reason: 'wanted for a copy only' });
  const characters = Array.from(passphrase ?? '').length;
  if (passphrase !== null && (characters < PASSPHRASE.shortest || characters > PASSPHRASE.longest))
    faults.push({ path: 'passphrase', reason: `wanted ${PASSPHRASE.shortest} to ${PASSPHRASE.longest} characters` });
  if (recipient !== null && !isRecipient(recipient))
    faults.push({ path: 'recipient', reason: 'wanted an age recipient: age1…, as age-keygen prints it' });
  if (details !== null && Array.from(details).length > LONGEST_DETAILS)
    faults.push({ path: 'details', reason: `wanted at most ${LONGEST_DETAILS} characters` });
  if (right === undefined || faults.length > 0)
    throw new CarryallError(
      'BAD_INPUT',
      `Such a request cannot be filed. ${faults.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}.`,
      { faults },
    );
  return {
    right,
    format: isCopy ? (format === 'JSON' ? 'JSON' : 'ZIP') : null,
    language,
    details: details === null || details.trim() === '' ? null : details.trim(),
    sealedTo: sealedTo(passphrase, recipient),
  };
}

function sealedTo(passphrase: string | null, recipient: string | null): SealedTo | null {
  if (passphrase !== null) return { kind: 'PASSPHRASE', passphrase };
  return recipient === null ? null : { kind: 'RECIPIENT', recipient };
}

/** Whether age can seal for it: a sign that was mistyped shows in its checksum. */
function isRecipient(text: string): boolean {
  if (!RECIPIENT.test(text)) return false;
  const { Encrypter } = load('age-encryption') as typeof Age;
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}
