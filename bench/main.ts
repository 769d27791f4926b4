import { Command } from 'commander';
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

await program.parseAsync();
