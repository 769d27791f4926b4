import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CarryallError, type Fault } from '../errors.ts';
import { Locator } from './faults.ts';
import { checkReferences } from './references.ts';
import { policySchema, type Policy } from './schema.ts';

/** What a policy may be checked against besides its own format. */
export interface ParseOptions {
  /** The item names that the catalogue knows; without it any well-formed name passes. */
  readonly knownItems?: ReadonlySet<string>;
}

/** Reads one policy file; a bad one is refused with all its faults at once, each with file, line and reason. */
export function parsePolicy(text: string, fileName: string, options: ParseOptions = {}): Policy {
  const { policy, faults } = readPolicy(text, fileName, options);
  if (policy === null) throw invalidPolicy(faults);
  return policy;
}

/** Like parsePolicy, but hands the faults back, so that several files can be reported together. */
export function readPolicy(
  text: string,
  fileName: string,
  options: ParseOptions = {},
): { readonly policy: Policy | null; readonly faults: readonly Fault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locator = new Locator(fileName, document, lines);
  const faults: Fault[] = document.errors.map((error) => ({ path: locator.at(error.pos[0]), reason: error.message }));
  // After a duplicate key the rest can still be checked; after another syntax error it would be guesswork.
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return { policy: null, faults };

  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    return {
      policy: null,
      faults: [...faults, locator.fault([], error instanceof Error ? error.message : 'unreadable')],
    };
  }
  const parsed = policySchema.safeParse(data);
  for (const issue of parsed.error?.issues ?? [])
    for (const { path, reason } of reasons(issue, [])) faults.push(locator.fault(path, reason));
  checkReferences(data, (path, reason) => faults.push(locator.fault(path, reason)), options.knownItems);
  return faults.length === 0 && parsed.success ? { policy: parsed.data, faults } : { policy: null, faults };
}

/** The one error for any number of faulty policy files. */
export function invalidPolicy(faults: readonly Fault[]): CarryallError {
  const list = faults.map((fault) => `  ${fault.path}: ${fault.reason}`).join('\n');
  return new CarryallError('POLICY_INVALID', `${faults.length} fault(s) in policy files:\n${list}`, { faults });
}

interface Reason {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
}

function reasons(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): readonly Reason[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], reason: `unknown key ${key}` }));
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, reason: issue.message }];
  // Of a union's alternatives the one with the fewest faults is what its author meant.
  const [nearest] = issue.errors.toSorted((a, b) => weight(a) - weight(b));
  return (nearest ?? []).flatMap((inner) => reasons(inner, path));
}

function weight(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}
