import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CarryallError, type Fault } from '../errors.ts';
import { invalidPolicy, readPolicy, type ParseOptions } from './parse.ts';
import type { Item, Policy } from './schema.ts';

/** The policies shipped with Carryall; beside src/. */
export const SHIPPED_POLICIES = fileURLToPath(new URL('../../policies/', import.meta.url));

/** The policies of an installation, by code; a value, so that two may live side by side. */
export class PolicyBook {
  readonly #policies: ReadonlyMap<string, Policy>;

  constructor(policies: Iterable<Policy>) {
    this.#policies = new Map([...policies].map((policy) => [policy.code, policy]));
  }

  get policies(): readonly Policy[] {
    return [...this.#policies.values()];
  }

  /** The policy of a code; an unknown code is refused, never guessed. */
  policyOf(code: string): Policy {
    const policy = this.#policies.get(code);
    if (policy === undefined)
      throw new CarryallError('NOT_FOUND', `No policy ${code}; known are ${[...this.#policies.keys()].join(', ')}.`);
    return policy;
  }
}

/** Reads every *.yaml of the folders; all faults of all files are told at once. */
export function loadPolicies(folders: readonly string[] = [SHIPPED_POLICIES], options: ParseOptions = {}): PolicyBook {
  const faults: Fault[] = [];
  const byCode = new Map<string, Policy>();
  for (const folder of folders) {
    if (!existsSync(folder)) {
      faults.push({ path: folder, reason: 'no such folder' });
      continue;
    }
    for (const name of readdirSync(folder)
      .filter((entry) => /\.ya?ml$/.test(entry))
      .toSorted()) {
      const path = join(folder, name);
      const read = readPolicy(readFileSync(path, 'utf8'), path, options);
      faults.push(...read.faults);
      if (read.policy === null) continue;
      if (byCode.has(read.policy.code))
        faults.push({ path: `${path}:1:1 code`, reason: `a second policy ${read.policy.code}` });
      byCode.set(read.policy.code, read.policy);
    }
  }
  if (faults.length > 0) throw invalidPolicy(faults);
  return new PolicyBook(byCode.values());
}

/** The item of a policy by its name or id, or null when the policy does not name it. */
export function itemOf(policy: Policy, nameOrId: string): Item | null {
  return policy.items.find((item) => item.item === nameOrId || item.id === nameOrId) ?? null;
}
