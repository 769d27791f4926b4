import { Command } from 'commander';
import { LARGEST_PAGE } from '../../store/keyset.ts';
import { withSnapshot } from '../../store/session.ts';
import { progressLine } from '../progress-line.ts';
import { withGateway } from '../run.ts';
import { listenForStop } from '../stop-signal.ts';
import { closeCommand, controllersCommand } from './controller-request.ts';

const watch = new Command('watch')
  .description('show how a request goes on, until it stands still')
  .argument('<id>', 'the request')
  .requiredOption('--tenant <id>', 'whose platform')
  .action((requestId: string, { tenant }: { readonly tenant: string }) =>
    withGateway(async ({ database }) => {
      const { watchProgress } = await import('../../jobs/progress.ts');
      const line = progressLine('rows');
      const signal = listenForStop();
      let last = '';
      for await (const progress of watchProgress(database.pool, { tenantId: tenant, requestId }, { signal })) {
        const { status, attempt, stage, rows, expectedRows, bytes } = progress;
        const words = [status, attempt === 0 ? '' : `attempt ${attempt}`, status === 'BUILDING' ? stage : ''];
        const said = words.filter((word) => word !== '' && word !== null).join(', ');
        if (said !== last) {
          line.clear();
          console.log(bytes > 0 ? `${said}: ${rows} rows, ${bytes} bytes` : said);
        }
        last = said;
        if (status === 'BUILDING' && expectedRows !== null) line.show(rows, expectedRows);
      }
      line.clear();
    }),
  );

const list = new Command('list')
  .description("an operator's requests, the first due first")
  .requiredOption('--tenant <id>', 'whose platform')
  .option('--overdue', 'only those that should have been answered by now')
  .action(({ tenant, overdue }: { readonly tenant: string; readonly overdue?: true }) =>
    withGateway(async ({ database, clock }) => {
      const { listRequests } = await import('../../requests/read.ts');
      const { readTenant } = await import('../../holdings/tenants.ts');
      const filter = { overdueAt: overdue === true ? clock.now() : undefined };
      await withSnapshot(database.pool, tenant, async (reader) => {
        await readTenant(reader, tenant);
        for (let after: string | undefined, hasNext = true; hasNext;) {
          const page = await listRequests(reader, tenant, filter, { first: LARGEST_PAGE, after });
          for (const { id, right, status, dueAt } of page.rows)
            console.log([id, right, status, dueAt.toISOString().slice(0, 10)].join('\t'));
          after = page.cursors.at(-1);
          hasNext = page.hasNext;
        }
      });
    }),
  );

export const requestCommand = new Command('request')
  .description('what people have asked for')
  .addCommand(list)
  .addCommand(watch)
  .addCommand(controllersCommand)
  .addCommand(closeCommand);
