import { Command } from 'commander';
import { benchAccess } from './access.ts';
import { benchAudit } from './audit.ts';
import { benchBundle } from './bundle.ts';

const program = new Command('bench').description('measures, and prints a line of JSON for each measurement');

program
  .command('bundle')
  .description(
    'one person of many calls: the export as a ZIP beside psql COPY | gzip -6 of the same rows, in the same run',
  )
  .option('--rows <list>', 'how many calls, separated by commas', '200000')
  .action(async ({ rows }: { readonly rows: string }) => {
    for (const count of rows.split(',').map(Number)) console.log(JSON.stringify(await benchBundle(count)));
  });

program
  .command('audit')
  .description('appends to an audit log up to so many entries, and verifies it in a process of its own')
  .option('--entries <count>', 'how many', '1000000')
  .action(async ({ entries }: { readonly entries: string }) => {
    console.log(JSON.stringify(await benchAudit(Number(entries))));
  });

program
  .command('access')
  .description('queries per second with row-level security and without, by turns in the same run')
  .option('--rounds <count>', 'how many', '30')
  .action(async ({ rounds }: { readonly rounds: string }) => {
    console.log(JSON.stringify(await benchAccess(Number(rounds))));
  });

await program.parseAsync();
