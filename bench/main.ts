import { Command } from 'commander';
import { benchAccess } from './access.ts';
import { benchAudit } from './audit.ts';
import { benchBundle } from './bundle.ts';
import { benchFlow } from './flow.ts';
import type { ServerName } from './query-ways.ts';
import { benchQuery } from './query.ts';
import { benchSmall } from './small.ts';
import { benchZip64 } from './zip64.ts';

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

program
  .command('small')
  .description('many typical people, a bundle each, beside a script written by hand over the same rows, by turns')
  .option('--subjects <count>', 'how many people', '500')
  .action(async ({ subjects }: { readonly subjects: string }) => {
    console.log(JSON.stringify(await benchSmall(Number(subjects))));
  });

program
  .command('query')
  .description(
    'requests per second of one person over five domains, beside PostGraphile and one statement written by hand, by turns',
  )
  .option('--rounds <count>', 'how many', '10')
  .option('--seconds <count>', 'how long each server is asked in a round', '3')
  .option('--servers <list>', 'which, separated by commas', 'carryall,open,postgraphile,sql')
  .option('--profile <folder>', "where to leave a CPU profile of Carryall's process")
  .action(async ({ rounds, seconds, servers, profile }: Readonly<Record<string, string>>) => {
    const figures = await benchQuery({
      rounds: Number(rounds),
      seconds: Number(seconds),
      servers: (servers ?? '').split(',') as ServerName[],
      nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    });
    for (const each of figures) console.log(JSON.stringify(each));
  });

program
  .command('flow')
  .description('many typical people ask at once: from the request to READY, with one and with two processes that build')
  .option('--subjects <count>', 'how many people', '200')
  .option('--workers <list>', 'how many processes, separated by commas', '1,2')
  .action(async ({ subjects, workers }: Readonly<Record<string, string>>) => {
    for (const count of (workers ?? '').split(',').map(Number))
      console.log(JSON.stringify(await benchFlow(Number(subjects), count)));
  });

program
  .command('zip64')
  .description(
    'an archive of more than 4 GiB, read back by four programs and by verify; needs three times as much room',
  )
  .option('--bytes <count>', 'how much that nothing can pack', '4509715661')
  .action(async ({ bytes }: { readonly bytes: string }) => {
    console.log(JSON.stringify(await benchZip64(Number(bytes))));
  });

await program.parseAsync();
