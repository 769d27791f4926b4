import type { ReceiveReport } from '../bundle/receive/report.ts';

/** Prints what an import of a bundle did, for a person. */
export function printReceived(report: ReceiveReport): void {
  const { file, from, kid, subjectId, subjectCreated, byDataset, files } = report;
  const person = subjectCreated ? 'a new person' : 'known here';
  console.log(`${file} from ${from}${kid === null ? '' : `, signed by the key ${kid}`}: ${subjectId}, ${person}.`);
  for (const [name, { inserted, unchanged }] of Object.entries(byDataset))
    console.log(`  ${name}: ${inserted} new, ${unchanged} as before`);
  if (files > 0) console.log(`  files: ${files}`);
  list('filled in, for the bundle does not say', report.filled);
  list('known by their id alone', report.stubs);
  list('left out', report.leftOut);
  if (kid === null) console.error('The signature was not checked: nothing shows who made this bundle.');
}

function list(what: string, counts: Readonly<Record<string, number>>): void {
  const entries = Object.entries(counts);
  if (entries.length > 0) console.log(`  ${what}: ${entries.map(([name, count]) => `${name} (${count})`).join(', ')}`);
}
