import type { Actor } from '../../access/actor.ts';
import { isPurposeKnown, REQUEST_PURPOSE } from '../../access/declaration.ts';
import { visibilityOf, type DenialReason, type Look, type Visibility } from '../../access/visibility.ts';
import type { Words } from '../../holdings/variants.ts';
import type { Policy } from '../../policy/schema.ts';
import { sightIn, type ShownField } from '../shown-fields.ts';
import type { Sight } from '../sight.ts';

const TENANT = 'tenant';
const NOW = new Date(0);

/** Who looks, in one column of the matrix. */
export interface MatrixColumn {
  readonly title: string;
  readonly actor: Actor;
  /** Whether the rows are the subject's own or those of somebody in the same team. */
  readonly rows: 'OWN' | 'SAME_TEAM';
}

const staffId = 'staff';
const own = 'OWN' as const;

/** The seven kinds of actor, customers' staff apart from the operator's, and what a subject gets of a colleague's rows. */
export const MATRIX_COLUMNS: readonly MatrixColumn[] = [
  { title: 'subject', rows: own, actor: { kind: 'SUBJECT', tenant: TENANT, subjectId: 'subject' } },
  { title: 'colleague', rows: 'SAME_TEAM', actor: { kind: 'SUBJECT', tenant: TENANT, subjectId: 'subject' } },
  {
    title: 'privacy staff',
    rows: own,
    actor: { kind: 'CONTROLLER_STAFF', tenant: TENANT, staffId, organisationId: null },
  },
  {
    title: "customer's staff",
    rows: own,
    actor: { kind: 'CONTROLLER_STAFF', tenant: TENANT, staffId, organisationId: 'customer' },
  },
  { title: "processor's staff", rows: own, actor: { kind: 'PROCESSOR_STAFF', tenant: TENANT, staffId } },
  { title: 'support agent', rows: own, actor: { kind: 'SUPPORT_AGENT', tenant: TENANT, staffId } },
  { title: 'internal app', rows: own, actor: { kind: 'INTERNAL_APP', tenant: TENANT, appId: 'app' } },
  { title: 'auditor', rows: own, actor: { kind: 'AUDITOR', tenant: TENANT, staffId } },
  { title: 'administrator', rows: own, actor: { kind: 'ADMINISTRATOR', tenant: TENANT, staffId } },
];

/** What is got of a value, in one word: of a denial, its reason. OWN_NUMBER is in clear where it is the subject's own number. */
export type Gets = Exclude<Visibility['kind'], 'DENIED'> | DenialReason | 'OWN_NUMBER';

/** What is got for each purpose that such an actor can have. */
export type Cell = ReadonlyMap<string, Gets>;

/** The purposes that an actor of a column can declare under a policy. Subjects and overseers need none, so it is one for them. */
export function purposesOf(policy: Policy, { actor }: MatrixColumn): readonly string[] {
  switch (actor.kind) {
    case 'SUBJECT':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return [''];
    case 'CONTROLLER_STAFF':
    case 'PROCESSOR_STAFF':
    case 'SUPPORT_AGENT':
    case 'INTERNAL_APP': {
      const own = policy.purposes.map(({ id }) => id);
      return [REQUEST_PURPOSE, ...own].filter((purpose) => isPurposeKnown(policy, actor.kind, purpose));
    }
    default:
      return actor satisfies never;
  }
}

/** One cell: by the same rules as queries, without grants and without instructions. */
export function cellOf(policy: Policy, column: MatrixColumn, shown: ShownField, words: Words): Cell {
  return new Map(
    purposesOf(policy, column).map((purpose) => {
      const onlooker = { policy, actor: column.actor, purpose: purpose === '' ? null : purpose, grants: [], now: NOW };
      const sight = sightIn(onlooker, shown, words);
      return [purpose, getsOf(column.rows === 'OWN' ? sight : ofColleague(sight))];
    }),
  );
}

/** What a column never shows stays so; all else is asked once more, of rows that are not one's own. */
function ofColleague({ item, look, visibility }: Sight): Sight {
  const others: Look = { ...look, own: false, sameTeam: true };
  const seen = visibilityOf(others);
  return { item, look: others, visibility: seen.kind === 'CLEAR' && visibility.kind === 'DENIED' ? visibility : seen };
}

function getsOf({ visibility, look }: Sight): Gets {
  if (visibility.kind === 'DENIED') return visibility.reason;
  return visibility.kind === 'CLEAR' && look.ownNumber === true ? 'OWN_NUMBER' : visibility.kind;
}
