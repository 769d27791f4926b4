import type { TriggerName } from '../catalogue/dataset.ts';
import type { SubjectFacts } from '../holdings/subject-facts.ts';
import type { SubjectKey } from '../holdings/subject-path.ts';
import type { Reader, SnapshotReader } from '../store/session.ts';
import { Blank, type SqlValue } from '../store/sql.ts';
import { kept } from './kept.ts';
import type { BundlePlan } from './plan.ts';
import type { SelectScope } from './select.ts';

/*
 * To put the queries of a bundle together takes longer than to answer them, and those of two people with the same plan
 * differ in nothing but values. So they are made for anybody, with blanks where a person's values go, and kept with the plan.
 */

/** Whose rows, and when. */
export interface Somebody {
  readonly subject: SubjectKey;
  readonly facts: SubjectFacts;
  readonly now: Date;
}

/** A blank that is asked for its text as an instant is. */
class BlankInstant extends Blank {
  toISOString(): this {
    return this;
  }
}

const NO_FACTS = { contractAlive: true, deletionPending: false, language: null };

const scopes = kept<BundlePlan, Map<string, SelectScope>>(() => new Map());

/** The scope of anybody's queries under a plan. Facts that are not there are no blanks: the queries differ by them. */
export function scopeOfAnybody(plan: BundlePlan, format: 'ZIP' | 'JSON', { triggers }: SubjectFacts): SelectScope {
  const begun = (Object.keys(triggers) as TriggerName[]).filter((name) => triggers[name] != null);
  const key = [format, ...begun].join(' ');
  const known = scopes(plan).get(key);
  if (known !== undefined) return known;
  const scope = {
    plan,
    format,
    // Nothing is done with them but to put them into SQL, which knows blanks.
    subject: { tenantId: new Blank('tenantId') as never, subjectId: new Blank('subjectId') as never },
    facts: { ...NO_FACTS, triggers: Object.fromEntries(begun.map((name) => [name, new BlankInstant(name) as never])) },
    now: new BlankInstant('now') as never,
  };
  scopes(plan).set(key, scope);
  return scope;
}

/** A reader that puts a person's values into the blanks of what it is asked. */
export function onBehalfOf<R extends Reader | SnapshotReader>(reader: R, { subject, facts, now }: Somebody): R {
  const begun = Object.entries(facts.triggers).flatMap(([name, at]) =>
    at == null ? [] : [[name, at.toISOString()] as const],
  );
  const values = new Map<string, SqlValue>([...Object.entries(subject), ['now', now.toISOString()], ...begun]);
  const own: Reader = {
    isIdle: () => reader.isIdle(),
    query: (fragment, options) => reader.query(fragment.fill(values), options),
    copyOut: (fragment, format, options) => reader.copyOut(fragment.fill(values), format, options),
  };
  if (!('cells' in reader)) return own as R;
  return {
    ...own,
    cells: (fragment: Parameters<SnapshotReader['cells']>[0], most: number) =>
      reader.cells(fragment.fill(values), most),
  } as R;
}
