import { Decrypter } from 'age-encryption';
import { CarryallError, type Fault } from '../../errors.ts';

const WANTED = 'is not an identity as age-keygen writes it: AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…';

/**
 * The identities of a text as age-keygen writes it: one a line, between comments. Throws BAD_INPUT with all faults at once;
 * none repeats anything of the text.
 */
export function parseIdentities(text: string, path: string): readonly string[] {
  const identities: string[] = [];
  const faults: Fault[] = [];
  if (/^(?:age-encryption\.org\/|-----BEGIN AGE )/.test(text)) {
    faults.push({ path, reason: 'is itself encrypted: decrypt it first (age -d)' });
  } else {
    for (const [index, line] of text.split('\n').entries()) {
      const identity = line.trim();
      if (identity === '' || identity.startsWith('#')) continue;
      if (isIdentity(identity)) identities.push(identity);
      else faults.push({ path: `${path}:${index + 1}`, reason: WANTED });
    }
    if (faults.length === 0 && identities.length === 0) faults.push({ path, reason: 'holds no identity' });
  }
  if (faults.length > 0) throw new CarryallError('BAD_INPUT', 'The file of identities is not usable.', { faults });
  return identities;
}

function isIdentity(text: string): boolean {
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}
