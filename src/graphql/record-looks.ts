import { isPurposeKnown } from '../access/declaration.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { GatewayContext } from './context.ts';
import type { Refusal, Sighting } from './sightings.ts';

const MOST_CODES = 500;
const LONGEST_ID = 200;

/**
 * Records what a request has seen of whom and what it was refused, one entry for each person; nothing may be returned before,
 * and nothing at all if it throws (A-43, L-09). People's looks at their own data are no entry: they would be one more thing
 * kept of them and tell nobody anything; what they take with them and what they are refused is. Throws DATABASE_FAILED.
 */
export async function recordLooks(context: GatewayContext): Promise<void> {
  const { audit, privacy, actor } = context;
  const { sightings, fruitlessSearches, refusals } = privacy.looks();
  const declared = declarationOf(context);
  const looks = actor.kind === 'SUBJECT' ? [] : sightings.filter(({ reached }) => reached !== null);
  const entries: AuditEntry[] = [
    ...looks.filter(({ isRefused }) => !isRefused).map((each) => ({ ...declared, ...lookEntry(each) })),
    ...sightings.flatMap((each) => exportEntries(each).map((entry) => ({ ...declared, ...entry }))),
  ];
  if (fruitlessSearches > 0) {
    const detail = { found: 0, searches: fruitlessSearches };
    entries.push({ ...declared, action: 'SEARCH', outcome: 'ALLOWED', detail });
  }
  const denials = [...looks.filter(({ isRefused }) => isRefused).map(denialOf), ...refusals.map(refusalOf)];
  await Promise.all([
    entries.length === 0 ? null : audit.record(...entries),
    ...denials.map((each) => audit.look({ ...declared, ...each, outcome: 'DENIED' })),
  ]);
}

/** Who, why, and under which policy: the same in every entry of a request. */
export function declarationOf({
  actor,
  policy,
  purpose,
  reason,
  ticket,
}: GatewayContext): Pick<AuditEntry, 'actor' | 'purpose' | 'reason' | 'ticket' | 'policy'> {
  const under = { actor, policy: { code: policy.code, version: policy.version } };
  if (actor.kind === 'SUBJECT') return under;
  // What is no purpose may be any text.
  const known = purpose !== null && isPurposeKnown(policy, actor.kind, purpose) ? purpose : null;
  return { ...under, purpose: known, reason, ticket };
}

type Told = Pick<AuditEntry, 'action' | 'outcome' | 'subjectId' | 'detail'>;

function lookEntry({ subjectId, reached, clear, ...seen }: Sighting): Told {
  const { masked, counted, rows, denied, grants, instructions } = seen;
  const lists = Object.entries({ masked, counted, rows, denied, grants, instructions });
  const told = lists.filter(([, list]) => list.size > 0).map(([name, list]) => [name, codes(list)]);
  return {
    action: reached ?? 'LOOK',
    outcome: 'ALLOWED',
    subjectId,
    // What was masked was seen too: the person is told of both.
    detail: { items: codes(clear.union(masked)), ...(Object.fromEntries(told) as Record<string, readonly string[]>) },
  };
}

function exportEntries({ subjectId, taken }: Sighting): readonly Told[] {
  return taken.map((detail) => ({ action: 'EXPORT', outcome: 'ALLOWED', subjectId, detail: { ...detail } }));
}

function denialOf({ subjectId, denied, grants }: Sighting): Denial {
  const parts = codes(denied).map((each) => each.split(':'));
  return {
    subjectId,
    action: 'LOOK',
    items: parts.flatMap(([item = '*']) => (item === '*' ? [] : [item])),
    denial: parts[0]?.[1],
    grants: [...grants],
  };
}

interface Denial {
  readonly subjectId: string | null;
  readonly action: AuditEntry['action'];
  readonly items: readonly string[];
  readonly denial: string | undefined;
  readonly grants?: readonly string[];
}

function refusalOf({ subjectId, action, denial }: Refusal): Denial {
  // What a caller sends as an id may be anything, and an id that is too long is nobody's.
  const named = subjectId !== null && subjectId !== '' && subjectId.length <= LONGEST_ID;
  return { subjectId: named ? subjectId : null, action, denial, items: [] };
}

function codes(list: ReadonlySet<string>): readonly string[] {
  return [...list].toSorted().slice(0, MOST_CODES);
}
