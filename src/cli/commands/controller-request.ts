import { Command, Option } from 'commander';
import { openAudit } from '../../open-audit.ts';
import { withSnapshot, withTransaction } from '../../store/session.ts';
import { operator } from '../operator.ts';
import { printFault, withGateway } from '../run.ts';

export const controllersCommand = new Command('controllers')
  .description('what controllers have handed to an operator as their processor and is open, the first due first')
  .requiredOption('--tenant <id>', 'whose platform')
  .action(({ tenant }: { readonly tenant: string }) =>
    withGateway(async ({ database }) => {
      const { openProcessorRequests } = await import('../../delivery/processing/requests.ts');
      const rows = await withSnapshot(database.pool, tenant, (reader) => openProcessorRequests(reader, tenant));
      for (const { id, sender, kind, status, dueAt, subjectId } of rows)
        console.log([id, sender, kind, status, dueAt.toISOString().slice(0, 10), subjectId ?? 'nobody'].join('\t'));
    }),
  );

export const closeCommand = new Command('close')
  .description('end a request of a controller that was answered by hand')
  .argument('<id>', 'the request, as `request controllers` lists it')
  .requiredOption('--tenant <id>', 'whose platform')
  .addOption(new Option('--as <end>', 'how it ended').choices(['answered', 'refused']).makeOptionMandatory())
  .action((id: string, { tenant, as }: { readonly tenant: string; readonly as: 'answered' | 'refused' }) =>
    withGateway(async (gateway, config) => {
      const { closeProcessorRequest } = await import('../../delivery/processing/close.ts');
      await using audit = await openAudit(config, gateway, printFault);
      const desk = { clock: gateway.clock, audit };
      const closing = {
        tenantId: tenant,
        id,
        as: as === 'answered' ? 'ANSWERED' : 'REFUSED',
        by: operator(tenant),
      } as const;
      await withTransaction(gateway.database.pool, tenant, (writer) => closeProcessorRequest(desk, writer, closing));
      console.log(`${id} is ${as}.`);
    }),
  );
