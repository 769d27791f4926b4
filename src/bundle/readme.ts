import type { MissingFile } from './blob-files.ts';
import type { BundlePlan } from './plan.ts';
import type { Heading } from './manifest.ts';

/** README.txt: what the archive is and how to read it, for a person who has never seen one. */
export function buildReadme(heading: Heading, { scope, policy }: BundlePlan, missing: readonly MissingFile[]): string {
  const right =
    scope === 'ACCESS'
      ? 'This is a copy of the personal data held about you (GDPR Art. 15), with the information that belongs to it.'
      : 'These are the personal data that you provided or that came from your use of the service, to keep or to take elsewhere (GDPR Art. 20).';
  return `${heading.tenant.name}: your data

${right}
As of ${heading.snapshot.at}, under the policy "${policy.name}", version ${policy.version}.

What is here
  index.html         everything below as pages to read and search: open it in a browser, no network is needed
  viewer/            what these pages show of large tables
  manifest.json      the list of everything in this archive, with counts and SHA-256 digests;
                     what was left out and why; what is held elsewhere and where to ask
${scope === 'ACCESS' ? '  information.json   why the data are processed, who receives them, how long they are kept, your rights\n  access-log.ndjson  when, why and in which role others looked at your data\n' : ''}  data/              your data, each kind as JSON (.json) or one JSON object a line (.ndjson),
                     and the same rows as a table (.csv)
  context/           identifiers that others issued, so that rows can be put together; not portable themselves
  files/             recordings, documents and attachments${missing.length > 0 ? lost(missing) : ''}
  schema/            what every field means (JSON Schema): the item of the policy, where it came from,
                     and whether Art. 15 alone or Art. 15 and 20 apply

If this archive came in several parts (.part1.zip, .part2.zip and so on), unpack all of them into one folder. The last part
holds the list of everything.

Reading the tables
  Times are UTC (ISO 8601), numbers of telephones E.164, money in minor units (cents) with an ISO 4217 code.
  A CSV text that begins with = + - @ (also in their full width, as ＝ ＋ － ＠), with a tab, a line end or ' has one ' put in
  front, so that no spreadsheet runs it; take the first ' away to get the value. Columns of numbers are written as they are.
  "thirdParty" marks rows that hold data about somebody else as well: keep them for your own use.
  "retentionExpiresAt" says when a row is to be deleted; OVERDUE means that it should be gone and is still held.

This file holds personal data. Store it where nobody else can read it.
`;
}

/** Files that are lost are told, not passed over. */
function lost(missing: readonly MissingFile[]): string {
  const [count, verb] = missing.length === 1 ? ['1 file', 'is'] : [`${missing.length} files`, 'are'];
  return `;
                     ${count} that should be here ${verb} lost: see "missing" in manifest.json`;
}
