import { describe, expect, test } from 'vitest';
import { REDACTION_RULES } from '../../src/bundle/redact.ts';
import { localeOf, MESSAGES, type MessageKey } from '../../src/bundle/viewer/language.ts';
import { languageOf, LANGUAGES } from '../../src/languages.ts';
import { TRIGGERS } from '../../src/catalogue/dataset.ts';
import { enumWords } from '../../src/catalogue/enum-words.ts';
import { ITEMS } from '../../src/catalogue/items.ts';
import { columnType, datasets } from '../../src/catalogue/look-up.ts';
import { PROVENANCES, RELATIONS } from '../../src/catalogue/vocabulary.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { ACCESS_ONLY_REASONS, ARTICLES, RIGHTS } from '../../src/policy/words.ts';

const keys = Object.keys(MESSAGES.en) as MessageKey[];
const told = datasets.filter(({ subjects }) => Object.keys(subjects).length > 0);

/** Reasons that a plan gives besides those of Art. 20. */
const REASONS = [
  'SECRET',
  'FORBIDDEN',
  'ANONYMOUS',
  'IDENTITY_EVIDENCE',
  'RELATION_NOT_IN_POLICY',
  'ABOUT_ANOTHER_PERSON',
  'OTHER_PARTY',
  'NOT_A_RECORDED_PARTY',
  'NOT_KEPT',
  'COPY_ONLY',
  'EXPIRED',
  'MISSING',
  'UNDECLARED',
  'INSTRUCTION_REQUIRED',
  'FORWARD',
  'NEEDS_REVIEW',
  'HELD_ON_DEVICE',
  'HELD_BY_THIRD_PARTY',
];

describe('the messages of the page', () => {
  test.each(LANGUAGES)('are all there in %s, with the same placeholders', (language) => {
    const messages = MESSAGES[language];
    expect(Object.keys(messages)).toEqual(keys);
    const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();
    for (const key of keys) {
      expect(messages[key].trim(), key).not.toBe('');
      expect(placeholders(messages[key]), key).toEqual(placeholders(MESSAGES.en[key]));
    }
  });

  test('name every dataset, column and word that a bundle can hold', () => {
    const needed = told.flatMap((dataset) => [
      `dataset.${dataset.name}`,
      ...Object.keys(dataset.fields).map((field) => `field.${field}`),
      ...Object.keys(dataset.fields).flatMap((field) => {
        const { type, kind } = columnType(dataset.model, field);
        return kind === 'enum' ? enumWords(type).map((word) => `word.${word}`) : [];
      }),
    ]);
    expect(needed.filter((key) => !keys.includes(key as MessageKey))).toEqual([]);
  });

  test('name every item, category, reason, rule, right, relation, trigger and ground', () => {
    const categories = loadPolicies().policies.flatMap(({ items }) => items.map(({ category }) => category));
    const needed = [
      ...ITEMS.map((item) => `item.${item}`),
      ...categories.map((category) => `category.${category}`),
      ...[...REASONS, ...ACCESS_ONLY_REASONS].map((reason) => `reason.${reason}`),
      ...REDACTION_RULES.map((rule) => `redaction.${rule}`),
      ...PROVENANCES.map((provenance) => `provenance.${provenance}`),
      ...RIGHTS.flatMap((right) => [`right.${right}`, `right.${right}.text`]),
      ...RELATIONS.map((relation) => `relation.${relation}`),
      ...TRIGGERS.map((trigger) => `trigger.${trigger}`),
      ...ARTICLES.map((article) => `info.basis.${article}`),
    ];
    expect(needed.filter((key) => !keys.includes(key as MessageKey))).toEqual([]);
  });

  test('are chosen by the language of the person, and English where it is none of ours', () => {
    expect(['nl-BE', 'fr', 'DE-at', 'en-GB', 'es', '', null].map(languageOf)).toEqual([
      'nl',
      'fr',
      'de',
      'en',
      'en',
      'en',
      'en',
    ]);
    expect(localeOf('nl', 'nl-be')).toBe('nl-BE');
    expect(localeOf('fr', 'nl-BE')).toBe('fr');
    expect(localeOf('nl', 'nl_x!')).toBe('nl');
  });
});
