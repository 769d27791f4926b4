import { fetchJwks } from '../../bundle/sign/jwks.ts';
import { parseKeys, type PublicKey } from '../../bundle/sign/key-file.ts';
import { CarryallError } from '../../errors.ts';
import { readAtMost, type OutgoingDoor } from '../../notices/outgoing.ts';
import { isAddress } from './partners.ts';

/** The keys of other controllers. */
export interface PartnerKeys {
  /**
   * The keys at an address or in a file. Those of an address are kept a while, and asked for anew when `kid` is not among them.
   * Throws KEYS_INVALID, BAD_INPUT, and what the network throws.
   */
  of(source: string, kid: string | null): Promise<readonly PublicKey[]>;
}

const KEPT_MS = 300_000;
/** Who signs with keys that there are not must not make us ask for each. */
const ASK_AGAIN_MS = 30_000;
const PATIENCE_MS = 10_000;
const LARGEST_SET = 256 * 1024;

interface Dated<T> {
  readonly at: number;
  readonly value: T;
}

export function openPartnerKeys(door: OutgoingDoor): PartnerKeys {
  const good = new Map<string, Dated<readonly PublicKey[]>>();
  const asked = new Map<string, Dated<Promise<readonly PublicKey[]>>>();
  const ask = async (source: string): Promise<readonly PublicKey[]> => {
    const keys = await askFor(door, source);
    good.set(source, { at: performance.now(), value: keys });
    return keys;
  };
  return {
    async of(source, kid) {
      if (!isAddress(source)) return fetchJwks(source);
      const now = performance.now();
      const kept = good.get(source);
      const isKnown = kid === null || kept?.value.some((key) => key.kid === kid) === true;
      if (kept !== undefined && isKnown && now - kept.at < KEPT_MS) return kept.value;
      const last = asked.get(source);
      if (last !== undefined && now - last.at < ASK_AGAIN_MS) return last.value;
      const value = ask(source);
      asked.set(source, { at: now, value });
      return value;
    },
  };
}

async function askFor(door: OutgoingDoor, source: string): Promise<readonly PublicKey[]> {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const answer = await door.send(source, { method: 'GET', headers, patienceMs: PATIENCE_MS });
  const text = await readAtMost(answer.body, LARGEST_SET);
  const { keys } = answer.status === 200 ? await parseKeys(text) : { keys: [] };
  if (keys.length > 0) return keys.map(({ kid, key }) => ({ kid, key }));
  throw new CarryallError('KEYS_INVALID', `${source} gave no keys that signatures are checked with.`);
}
