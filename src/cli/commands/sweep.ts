import { Command } from 'commander';
import { sweepSites } from '../../bundle/leftovers.ts';
import { sweepExpired, sweepFiles } from '../../jobs/retention.ts';
import { openAudit } from '../../open-audit.ts';
import { operator } from '../operator.ts';
import { printFault, withGateway } from '../run.ts';

/** A build that was killed is gone on with for a day: docs/decisions/0018-resumed-builds.md. */
const DAY_MS = 24 * 3600 * 1000;

export const sweepCommand = new Command('sweep')
  .requiredOption('--tenant <id>', 'whose platform')
  .description('delete what has expired, which nothing else ever does, and what builds that were killed have left')
  .action((options: { readonly tenant: string }) =>
    withGateway(async (gateway, config) => {
      const { database, policies, clock, blobs, workFolder } = gateway;
      await using audit = await openAudit(config, gateway, printFault);
      const desk = { pool: database.pool, policies, clock, blobs, audit };
      const by = operator(options.tenant);
      const { deleted } = await sweepExpired(desk, by);
      const entries = Object.entries(deleted);
      for (const [name, count] of entries) console.log(`${name}: ${count} rows deleted`);
      if (entries.length === 0) console.log('Nothing has expired.');
      const files = await sweepFiles(desk, by);
      if (files > 0) console.log(`${files} stored files that no row names removed`);
      // Files know the time of the machine, whatever the clock of the data is set to.
      const builds = await sweepSites(workFolder, new Date(Date.now() - DAY_MS));
      if (builds > 0) console.log(`${builds} builds that were broken off removed`);
    }),
  );
