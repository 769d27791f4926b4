import { sourceTerms } from '../dpv/classify.ts';
import { typed } from '../dpv.ts';
import { provenancesOf, secretsIn, undeclaredIn, type Held } from './held.ts';

/** Art. 15(1)(g): the systems that handed the rows of each dataset over, and how their values came about. */
export function sourcesOf({ told }: Held): object[] {
  return told.map((record) => {
    const { section, told: counts } = record;
    const provenances = provenancesOf(record);
    const systems = counts?.systems ?? [];
    return typed(sourceTerms(provenances), {
      dataset: section.name,
      title: section.dataset.title,
      systems,
      provenances,
      note:
        systems.length === 0
          ? 'recorded by the gateway itself'
          : 'each row names the system it came from in sourceSystem',
    });
  });
}

/** Secrets that are held: which, how many, until when; their values, in whole or in part, nowhere (traps X37-X39). */
export function secretsOf({ confirmed }: Held): object[] {
  return confirmed.flatMap((record) =>
    secretsIn(record).map(({ item, field, count }) => {
      const until = record.told?.secretsUntil ?? null;
      return {
        item,
        dataset: record.section.name,
        title: record.section.dataset.title,
        field,
        count,
        until,
        text:
          until === null
            ? 'held; its value is never told'
            : `held until ${until} at the latest; its value is never told`,
      };
    }),
  );
}

/** What is held and is not, or not plainly, named by the policy among what is collected (traps X24, X26, X47). */
export function undeclaredOf({ told, confirmed, items }: Held): object[] {
  const unnamed = told.flatMap((record) =>
    undeclaredIn(record).map((field) => ({
      dataset: record.section.name,
      field,
      item: null,
      why: 'NOT_NAMED',
      text: 'held, and named nowhere in the policy',
    })),
  );
  const secrets = confirmed.flatMap((record) =>
    secretsIn(record)
      .filter(({ item }) => item === null)
      .map(({ field }) => ({
        dataset: record.section.name,
        field,
        item: null,
        why: 'NOT_NAMED',
        text: 'held, and named nowhere in the policy; its value is never told',
      })),
  );
  const implied = items.flatMap(({ item, sections }) =>
    item.kind !== 'IMPLIED'
      ? []
      : sections.map(({ section }) => ({
          dataset: section.name,
          field: null,
          item: item.id,
          why: 'IMPLIED',
          text: 'held, and only implied by the policy',
          clause: item.clause,
          quote: item.quote,
        })),
  );
  return [...unnamed, ...secrets, ...implied];
}
