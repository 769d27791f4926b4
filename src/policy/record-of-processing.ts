import { describeItem, type DescribedRecipient } from './describe.ts';
import { purposesNamed } from './purposes.ts';
import type { Item, Policy, Purpose, Role } from './schema.ts';

/** One processing activity: what the policy does for one purpose, in one role. */
export interface Activity {
  readonly purpose: string;
  readonly enabled: boolean;
  /** In which role the operator acts: as CONTROLLER under Art. 30(1), as PROCESSOR under Art. 30(2). */
  readonly role: Role['holder'];
  /** Who answers for it. */
  readonly controller: string;
  readonly clause: string;
  readonly quote: string;
  readonly bases: readonly string[];
  readonly categories: readonly string[];
  readonly recipients: readonly DescribedRecipient[];
  /** The envisaged time limits for erasure, by category (Art. 30(1)(f)). */
  readonly retention: readonly { readonly category: string; readonly text: string }[];
}

/** The record of processing activities under a policy (Art. 30), of what the policy itself says. */
export interface RecordOfProcessing {
  readonly policy: { readonly code: string; readonly version: string };
  readonly controller: Policy['header']['controller'];
  readonly contact: Policy['header']['contact'];
  readonly transfers: Policy['header']['transfers'];
  readonly activities: readonly Activity[];
}

/** What really happened, as the audit log and the rows tell it. */
export interface Observed {
  /** Purposes that were declared for looks, with how often. */
  readonly purposes: ReadonlyMap<string, number>;
}

/** Something that happened and that the record does not have. */
export interface Drift {
  readonly purpose: string;
  readonly looks: number;
}

/** Makes the record from a policy: one activity for each purpose and role in which items are used for it (Art. 30(1), (2)). */
export function recordOfProcessing(policy: Policy): RecordOfProcessing {
  const { controller, contact, transfers } = policy.header;
  return {
    policy: { code: policy.code, version: policy.version },
    controller,
    contact,
    transfers,
    activities: policy.purposes.flatMap((purpose) => activitiesOf(policy, purpose)),
  };
}

function activitiesOf(policy: Policy, purpose: Purpose): Activity[] {
  const items = policy.items.filter((item) => item.purposes.includes(purpose.id));
  return policy.roles.flatMap((role) => {
    const used = items.filter((item) => item.role === role.id);
    return used.length === 0 ? [] : [activityOf(policy, purpose, role, used)];
  });
}

function activityOf(
  policy: Policy,
  { id, enabled, clause, quote }: Purpose,
  role: Role,
  items: readonly Item[],
): Activity {
  const described = items.map((item) => describeItem(policy, item));
  const recipients = new Map(described.flatMap((item) => item.recipients.map((each) => [each.id, each] as const)));
  const retention = new Map(
    described.map(({ category, retention: { text } }) => [`${category}\0${text}`, { category, text }] as const),
  );
  return {
    purpose: id,
    enabled,
    role: role.holder,
    controller: role.controller,
    clause,
    quote,
    bases: [...new Set(described.flatMap(({ bases }) => bases.flatMap(({ articles }) => articles)))].toSorted(),
    categories: [...new Set(described.map(({ category }) => category))].toSorted(),
    recipients: [...recipients.values()],
    retention: [...retention.values()],
  };
}

/** The purposes for which somebody looked and that the policy does not have; `lawful` are those that the law itself gives. */
export function driftOf(policy: Policy, observed: Observed, lawful: ReadonlySet<string>): readonly Drift[] {
  return [...observed.purposes]
    .filter(([purpose]) => purposesNamed(policy, purpose).length === 0 && !lawful.has(purpose))
    .map(([purpose, looks]) => ({ purpose, looks }));
}
