import { expect, test } from 'vitest';
import { actorIdOf, type Actor } from '../../src/access/actor.ts';
import { canGrantsOpen } from '../../src/access/mandating.ts';
import { visibilityOf } from '../../src/access/visibility.ts';
import { RELATIONS } from '../../src/catalogue/vocabulary.ts';
import type { Policy } from '../../src/policy/schema.ts';
import { book } from '../policy/the-five.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const tenant = 't';
const ACTORS: readonly Actor[] = [
  { kind: 'SUBJECT', tenant, subjectId: 's' },
  { kind: 'CONTROLLER_STAFF', tenant, staffId: 'p', organisationId: null },
  { kind: 'CONTROLLER_STAFF', tenant, staffId: 'c', organisationId: 'o' },
  { kind: 'PROCESSOR_STAFF', tenant, staffId: 'q' },
  { kind: 'SUPPORT_AGENT', tenant, staffId: 'a' },
  { kind: 'INTERNAL_APP', tenant, appId: 'app' },
  { kind: 'AUDITOR', tenant, staffId: 'u' },
  { kind: 'ADMINISTRATOR', tenant, staffId: 'm' },
];

/** Whether a grant for everything changes what an actor sees of any item, in any relation and for any purpose. */
function opens(policy: Policy, actor: Actor): boolean {
  const purposes = ['DATA_SUBJECT_REQUEST', ...policy.purposes.map(({ id }) => id)];
  return policy.items.some((item) =>
    RELATIONS.some((relation) =>
      purposes.some((purpose) => {
        const granted = {
          id: 'g',
          actorId: actorIdOf(actor),
          purpose,
          items: [item.id],
          expiresAt: new Date('2027-01-01'),
        };
        const look = {
          policy,
          item,
          relation,
          actor,
          purpose,
          now: NOW,
          own: true,
          instruction: null,
          contractAlive: true,
        };
        const granting = visibilityOf({ ...look, grants: [granted] });
        const without = visibilityOf({ ...look, grants: [] });
        return granting.kind !== without.kind;
      }),
    ),
  );
}

test('wherever a grant opens anything to an actor, grants are asked for', () => {
  let open = 0;
  for (const policy of book.policies) {
    for (const actor of ACTORS) {
      if (!opens(policy, actor)) continue;
      open += 1;
      expect([policy.code, actor.kind, canGrantsOpen(policy, actor)]).toEqual([policy.code, actor.kind, true]);
    }
  }
  expect(open).toBeGreaterThan(0);
});

test('they are not asked for where they open nothing: by subjects, apps, overseers, and staff of who is controller of all', () => {
  const [policy] = book.policies.filter(({ code }) => code === 'CP');
  if (policy === undefined) throw new TypeError('CallerPlugins has a policy');
  const asking = ACTORS.filter((actor) => canGrantsOpen(policy, actor)).map(({ kind }) => kind);
  expect(asking).toEqual(['PROCESSOR_STAFF']);
});
