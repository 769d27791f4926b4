import { Command } from 'commander';
import { namedBy } from '../../sources/find-subjects.ts';
import { withSnapshot } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { readTenant } from '../../holdings/tenants.ts';
import { withGateway } from '../run.ts';

const find = new Command('find')
  .argument('<identifier>', 'an e-mail address, a telephone number, a customer or account id')
  .requiredOption('--tenant <id>', 'whose platform')
  .description('find people by an identifier, whole and exact')
  .action((identifier: string, options: { readonly tenant: string }) =>
    withGateway(async ({ database }) => {
      const found = await withSnapshot(database.pool, options.tenant, async (reader) => {
        const { country } = await readTenant(reader, options.tenant);
        const named = namedBy(identifier, country);
        if (named === null) return [];
        return reader.query<{ id: string }>(sql`SELECT DISTINCT i.subject_id AS id FROM subject_identifier i
          WHERE i.tenant_id = ${options.tenant} AND ${named} ORDER BY 1`);
      });
      for (const { id } of found) console.log(id);
      if (found.length === 0) console.error('Nobody is known by that.');
    }),
  );

export const subjectCommand = new Command('subject').description('people').addCommand(find);
