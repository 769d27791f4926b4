import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isCarryallError, type Fault } from '../../src/errors.ts';
import { SHIPPED_POLICIES } from '../../src/policy/book.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

const GOOD = `code: ZZ
name: Example
version: "1"
source: { file: example.txt, sha256: ${'a'.repeat(64)} }
header:
  company: { status: STATED, name: Example, clause: §1, quote: we are Example }
  controller: { status: STATED, name: Example BV, clause: §1, quote: we are the controller }
  contact: { status: STATED, email: privacy@example.org, clause: §1, quote: write to us }
  authority: { status: MISSING }
  responseTime: { status: STATED, period: P30D, clause: §1, quote: thirty days }
  effectiveDate: { status: STATED, value: "2026-01-31", precision: DAY, clause: §1, quote: of January }
  changeNotice: { status: MISSING }
  minAge: { status: NOT_STATED }
  transfers: { status: NOT_STATED }
  portabilityFormat: { status: NOT_STATED }
  fee: { status: NOT_STATED }
  identityCheck: { status: NOT_STATED }
assumptions: []
purposes:
  - { id: ZZ-P1, classes: [SERVICE], clause: §2, quote: to serve }
promises: []
bases:
  - { id: ZZ-B1, status: STATED, articles: [6(1)(b)], clause: §2, quote: the contract }
recipients: []
retention:
  - { id: ZZ-T1, appliesTo: accounts, kind: EXPLICIT, trigger: account.closedAt, period: P30D, max: false, triggerStated: true, clause: §3, quote: thirty days }
roles:
  - { id: ZZ-a, holder: CONTROLLER, controller: Example BV, processors: [], clause: §1 }
routing:
  - { when: { relations: [ACCOUNT_HOLDER] }, route: { kind: CONTROLLER, party: Example BV }, clause: §1 }
rights:
  - { right: ACCESS, article: "15", stated: null }
items:
  - id: ZZ-01
    item: account.email
    quote: your e-mail
    clause: §2
    kind: EXPLICIT
    category: account
    provenance: PROVIDED
    stored: STORED
    sensitivity: PERSONAL
    role: ZZ-a
    purposes: [ZZ-P1]
    bases: [ZZ-B1]
    recipients: []
    retention: [ZZ-T1]
`;
const knownItems = new Set(['account.email']);

function faultsOf(text: string): readonly Fault[] {
  try {
    parsePolicy(text, 'zz.yaml', { knownItems });
  } catch (error) {
    if (isCarryallError(error, 'POLICY_INVALID')) return error.faults;
    throw error;
  }
  return [];
}

function change(...pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new TypeError(`fixture lacks ${from}`);
    return text.replace(from, to);
  }, GOOD);
}

test('a policy that nobody has seen before loads without a line of code', () => {
  expect(parsePolicy(GOOD, 'zz.yaml', { knownItems })).toMatchObject({
    code: 'ZZ',
    items: [{ item: 'account.email', assumptions: [] }],
  });
});

test('ten faults of one file are told at once, each with file, line, column, path and reason', () => {
  const text = change(
    ['minAge: { status: NOT_STATED }', 'minAge: { status: STATED, years: young, clause: §1, quote: q }'],
    ['period: P30D, clause: §1, quote: thirty days }', 'period: 30 days, clause: §1, quote: thirty days }'],
    ['"2026-01-31"', '"2026-02-30"'],
    ['name: Example BV', 'name: "[Company Placeholder]"'],
    ['relations: [ACCOUNT_HOLDER]', 'relations: [NEIGHBOUR]'],
    ['item: account.email', 'item: account.shoeSize'],
    ['purposes: [ZZ-P1]', 'purposes: [ZZ-P1, ZZ-P9]'],
    ['role: ZZ-a', 'role: ZZ-x'],
    [
      '  - { right: ACCESS, article: "15", stated: null }',
      '  - { right: ACCESS, article: "15", stated: null }\n  - { right: ACCESS, article: "15", stated: null }',
    ],
    ['    provenance: PROVIDED', '    provenance: PROVIDED\n    colour: blue'],
  );
  const faults = faultsOf(text);
  expect(faults.map(({ path, reason }) => `${path} | ${reason}`).toSorted()).toMatchInlineSnapshot(`
    [
      "zz.yaml:10:35 header.responseTime.period | expected an ISO 8601 duration such as P30D",
      "zz.yaml:11:36 header.effectiveDate.value | Invalid ISO date",
      "zz.yaml:13:29 header.minAge.years | Invalid input: expected number, received string",
      "zz.yaml:30:27 routing[0].when.relations[0] | Invalid option: expected one of "ACCOUNT_HOLDER"|"TEAM_MEMBER"|"LICENSEE_CONTACT"|"CONTACT_PERSON"|"END_USER"|"ADVISOR"|"CALL_COUNTERPARTY"|"SUPPORT_REQUESTER"|"WEBSITE_VISITOR"",
      "zz.yaml:33:7 rights[1].right | duplicate right ACCESS",
      "zz.yaml:36:5 items[0].item | unknown item account.shoeSize",
      "zz.yaml:42:5 items[0].colour | unknown key colour",
      "zz.yaml:45:5 items[0].role | no entry ZZ-x in roles",
      "zz.yaml:46:23 items[0].purposes[1] | no entry ZZ-P9 in purposes",
      "zz.yaml:7:33 header.controller.name | "[Company Placeholder]" is a placeholder, not a value; use status PLACEHOLDER",
    ]
  `);
  expect(faults).toHaveLength(10);
});

test.each([
  ['a wrong article', ['articles: [6(1)(b)]', 'articles: [6(1)(z)]'], /bases\[0\]\.articles\[0\]/],
  ['an unknown basis', ['bases: [ZZ-B1]', 'bases: [ZZ-B2]'], /items\[0\]\.bases\[0\]/],
  ['an unknown retention rule', ['retention: [ZZ-T1]', 'retention: [ZZ-T2]'], /items\[0\]\.retention\[0\]/],
  [
    'an unknown recipient',
    ['recipients: []\n    retention', 'recipients: [ZZ-R1]\n    retention'],
    /items\[0\]\.recipients\[0\]/,
  ],
  ['an unknown trigger', ['trigger: account.closedAt', 'trigger: account.forgottenAt'], /retention\[0\]\.trigger/],
  ['an empty duration', ['period: P30D, max', 'period: P, max'], /retention\[0\]\.period/],
  ['a negative duration', ['period: P30D, max', 'period: -P30D, max'], /retention\[0\]\.period/],
  ['an unknown role in routing', ['relations: [ACCOUNT_HOLDER]', 'roles: [ZZ-z]'], /routing\[0\]\.when\.roles\[0\]/],
  ['an unknown item in routing', ['relations: [ACCOUNT_HOLDER]', 'items: [ZZ-99]'], /routing\[0\]\.when\.items\[0\]/],
  ['an item held of unknown provenance', ['    provenance: PROVIDED\n', ''], /items\[0\]/],
  ['a bad e-mail address', ['privacy@example.org', 'ask us'], /header\.contact\.email/],
  [
    'a bad month',
    ['value: "2026-01-31", precision: DAY', 'value: "2026-13", precision: MONTH'],
    /header\.effectiveDate/,
  ],
] as const)('%s is refused where it stands', (_, pair, where) => {
  const faults = faultsOf(change(pair));
  expect(faults).toHaveLength(1);
  expect(faults[0]?.path).toMatch(where);
  expect(faults[0]?.path).toMatch(/^zz\.yaml:\d+:\d+ /);
});

test('a duplicate id and a duplicate key are both found', () => {
  const text = change(
    ['name: Example\n', 'name: Example\nname: Again\n'],
    [
      'recipients: []\nretention:\n',
      'recipients: []\nretention:\n  - { id: ZZ-T1, appliesTo: x, kind: NONE, text: none }\n',
    ],
  );
  expect(faultsOf(text).map((fault) => fault.reason)).toEqual(
    expect.arrayContaining([expect.stringMatching(/unique/i), 'duplicate id ZZ-T1']),
  );
});

test('broken YAML is refused with its line, and nothing is guessed after it', () => {
  const faults = faultsOf(change(['promises: []', 'promises: [']));
  expect(faults.length).toBeGreaterThan(0);
  expect(faults[0]?.path).toMatch(/^zz\.yaml:\d+:\d+$/);
});

test.each(['', '[]', 'just words', 'null'])('a file that holds %j is refused, not crashed upon', (text) => {
  expect(faultsOf(text).length).toBeGreaterThan(0);
});

test('an alias bomb is refused', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
  ].join('\n');
  expect(faultsOf(bomb).length).toBeGreaterThan(0);
});

test('every single line of a shipped policy may be deleted without a crash other than a refusal', () => {
  const lines = readFileSync(join(SHIPPED_POLICIES, 'callr.yaml'), 'utf8').split('\n').slice(0, 200);
  const tail = readFileSync(join(SHIPPED_POLICIES, 'callr.yaml'), 'utf8').split('\n').slice(200);
  for (let i = 0; i < lines.length; i += 7)
    expect(() => faultsOf([...lines.toSpliced(i, 1), ...tail].join('\n'))).not.toThrow();
});
