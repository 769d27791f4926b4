import { datasetNamed } from '../../catalogue/look-up.ts';
import { RELATIONS } from '../../catalogue/vocabulary.ts';
import type { TitleModel } from './model.ts';

/** What a section is called, from its name in a manifest: a dataset's, with `-as-` and a relation beside its first. */
export function titleFromName(name: string): TitleModel {
  const relation = RELATIONS.find((each) => name.endsWith(`-as-${each.toLowerCase().replaceAll('_', '-')}`)) ?? null;
  const dataset = relation === null ? name : name.slice(0, name.lastIndexOf('-as-'));
  return { dataset, fallback: datasetNamed(dataset)?.title ?? dataset, relation, place: 'data' };
}
