import { loadPolicies } from '../../policy/book.ts';
import type { Policy } from '../../policy/schema.ts';
import { schema } from '../schema.ts';
import { MATRIX_COLUMNS, type Cell, type Gets } from './cells.ts';
import { fieldEntries } from './entries.ts';
import { accessMatrix, type MatrixRow } from './matrix.ts';
import { PLAIN_FIELDS } from './plain-fields.ts';

const HEAD = `# Who sees what

Printed by \`node src/graphql/matrix/print.ts > docs/access-matrix.md\` from the rules that answer queries; a test compares it.

Each table is of one policy. A line holds the fields of which all get the same; a cell says what is got of a value:

| word | meaning |
|---|---|
| clear | the value |
| own number | in clear where it is the subject's own verified number; else null, WITHHELD |
| masked | a mask of fixed shape |
| count | null; that there is something, or how much, is told elsewhere |
| grant | null, GRANT_REQUIRED; in clear under a grant for the item, the person and the purpose |
| instruction | null, INSTRUCTION_REQUIRED; what the rest of the rules give, once the controller has instructed it |
| purpose | null, PURPOSE_REQUIRED: not for this purpose |
| routed | null, ROUTED: its controller answers for it |
| not named | null, NOT_COLLECTED: the policy does not name it, or it is not kept |
| – | null, WITHHELD |

\`clear: P1 P3\` is for these purposes, and for the others what follows the semicolon. Staff and apps without a known purpose
get nothing of any person. DSR is the purpose of answering a data-subject request.

A subject's column is of the subject's own rows, in the relation that stands in brackets where it is not the account holder's:
*CallAsOtherParty* are calls of others with the subject's number at the other end. The colleague's column is what the rules would give of the rows of somebody in the same team; no query leads
there. Beside all this: what has expired is nobody's but the subject's; what waits for deletion is hidden from agents and apps;
of a kind of rows of which one gets nothing, the rows are not told either.
`;

/** The matrix as a document, for these policies. */
export function printAccessMatrix(policies: readonly Policy[]): string {
  return `${[HEAD, ...policies.map(sectionOf), plainSection()].join('\n')}`;
}

function sectionOf(policy: Policy): string {
  const head = ['fields', ...MATRIX_COLUMNS.map(({ title }) => title)];
  const lines = Map.groupBy(accessMatrix(schema, policy), ({ cells }) =>
    cells.map((cell) => cellText(policy, cell)).join(' | '),
  );
  const [told, same] = [[...lines].filter(([cells]) => !isSame(cells)), [...lines].filter(([cells]) => isSame(cells))];
  const purposes = policy.purposes
    .filter(({ enabled }) => enabled)
    .map(({ id, classes }) => `${shortId(policy, id)} ${classes.join(', ').toLowerCase()}`);
  return `## ${policy.name} (${policy.code})

Purposes: ${purposes.join('; ')}.

| ${head.join(' | ')} |
|${'---|'.repeat(head.length)}
${told.map(([cells, rows]) => `| ${fieldsText(rows)} | ${cells} |`).join('\n')}

The same for everybody:

${same.map(([cells, rows]) => `- ${cells.split(' | ')[0]}: ${fieldsText(rows)}`).join('\n')}
`;
}

function isSame(cells: string): boolean {
  return new Set(cells.split(' | ')).size === 1;
}

/** Fields by type: *Account* email, phone; *Invoice* amount.currency; *Consent* [category MARKETING] purpose. */
function fieldsText(rows: readonly MatrixRow[]): string {
  const byType = Map.groupBy(rows, ({ type, relation, rows: which }) =>
    [`*${type}*`, relation === 'ACCOUNT_HOLDER' ? '' : `(${relation})`, which === null ? '' : `[${which}]`]
      .filter((text) => text !== '')
      .join(' '),
  );
  return [...byType].map(([type, fields]) => `${type} ${fields.map(fieldText).join(', ')}`).join('; ');
}

function fieldText({ field, part }: MatrixRow): string {
  return part === null ? field : `${field}.${part}`;
}

function cellText(policy: Policy, cell: Cell): string {
  const byGets = Map.groupBy(cell, ([, gets]) => gets);
  if (byGets.size === 1) return [...byGets.keys()].map(getsText).join('');
  // What is got for most purposes goes last, and they are not named.
  const ranked = [...byGets].toSorted(([, one], [, other]) => one.length - other.length);
  return ranked
    .map(([gets, purposes], index) => {
      const named = purposes.map(([purpose]) => shortId(policy, purpose)).join(' ');
      return index === ranked.length - 1 ? getsText(gets) : `${getsText(gets)}: ${named}`;
    })
    .join('; ');
}

function shortId({ code }: Policy, purpose: string): string {
  return purpose === 'DATA_SUBJECT_REQUEST' ? 'DSR' : purpose.replace(`${code}-`, '');
}

const WORDS = {
  CLEAR: 'clear',
  OWN_NUMBER: 'own number',
  MASKED: 'masked',
  COUNT: 'count',
  GRANT_ONLY: 'grant',
  WITHHELD: '–',
  NOT_COLLECTED: 'not named',
  EXPIRED: 'expired',
  ROUTED: 'routed',
  HELD_ON_DEVICE: 'on the device',
  HELD_BY_THIRD_PARTY: 'with a third party',
  INSTRUCTION_REQUIRED: 'instruction',
  PURPOSE_REQUIRED: 'purpose',
  GRANT_REQUIRED: 'grant',
  DELETION_PENDING: 'deletion pending',
} as const satisfies Readonly<Record<Gets, string>>;

function getsText(gets: Gets): string {
  return WORDS[gets];
}

function plainSection(): string {
  const open = [...fieldEntries(schema)].flatMap(([name, entry]) => (entry === null ? [name] : []));
  if (open.length > 0)
    throw new TypeError(`Nobody has said who gets ${open.join(', ')}: src/graphql/matrix/plain-fields.ts`);
  const body = Object.entries(PLAIN_FIELDS).map(([name, who]) => `| ${name} | ${who} |`);
  return `## Fields that show no item

A row's id, its technical columns, its retention and the ways to other rows go with the row.

| field | who gets it |
|---|---|
${body.join('\n')}
`;
}

if (import.meta.main) process.stdout.write(printAccessMatrix(loadPolicies().policies));
