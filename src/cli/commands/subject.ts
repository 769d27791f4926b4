import { Command } from 'commander';
import { findSubjects } from '../../holdings/find-subjects.ts';
import { withSnapshot } from '../../store/session.ts';
import { withGateway } from '../run.ts';

const find = new Command('find')
  .argument('<identifier>', 'an e-mail address, a telephone number, a customer or account id')
  .requiredOption('--tenant <id>', 'whose platform')
  .description('find people by an identifier, whole and exact')
  .action((identifier: string, options: { readonly tenant: string }) =>
    withGateway(async ({ database }) => {
      const found = await withSnapshot(database.pool, (reader) => findSubjects(reader, options.tenant, identifier));
      for (const id of found) console.log(id);
      if (found.length === 0) console.error('Nobody is known by that.');
    }),
  );

export const subjectCommand = new Command('subject').description('people').addCommand(find);
