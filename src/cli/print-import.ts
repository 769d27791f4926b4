import type { ImportReport } from '../sources/report.ts';

/** Prints what an import did, for a person. */
export function printImport(report: ImportReport): void {
  console.log(`${report.file}: ${report.rows} records read, ${report.subjectsCreated} new people.`);
  for (const [name, { inserted, updated, unchanged }] of Object.entries(report.byDataset)) {
    console.log(`  ${name}: ${inserted} new, ${updated} changed, ${unchanged} as before`);
  }
  list('not stored, for the policy names no such item', report.notNamedByPolicy);
  list('not stored, for the value does not fit', report.unusable);
  list('assumed, for the file does not say', report.assumed);
  list('of no use here', report.ignored);
  if (report.undeclared.length > 0)
    console.log(`  stored though the policy does not name it: ${report.undeclared.join(', ')}`);
  if (report.badCount > 0) console.error(`  ${report.badCount} bad records were left out:`);
  for (const { path, reason } of report.bad) console.error(`    ${path}: ${reason}`);
}

function list(what: string, counts: Readonly<Record<string, number>>): void {
  const entries = Object.entries(counts);
  if (entries.length > 0) console.log(`  ${what}: ${entries.map(([name, count]) => `${name} (${count})`).join(', ')}`);
}
