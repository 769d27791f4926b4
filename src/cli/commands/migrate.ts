import { Command } from 'commander';
import { withGateway } from '../run.ts';

export const migrateCommand = new Command('migrate')
  .description('bring the database to the version of this code')
  .action(() =>
    withGateway(async () => {
      console.log('The database is up to date.');
    }, 'MIGRATE'),
  );
