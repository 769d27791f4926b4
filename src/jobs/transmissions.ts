import { workProcessorRequests } from '../delivery/processing/work.ts';
import type { Transmissions } from '../delivery/transmission/open.ts';
import { workTransmissions } from '../delivery/transmission/send.ts';
import { sweepReceptions } from '../delivery/transmission/sweep.ts';
import type { Chore } from './chores.ts';

/** Bundles are built for it, each with a connection of the pool. */
const TENANTS_AT_ONCE = 3;

/** What is done again and again of the exchange with other controllers. */
export function transmissionChores({ send, receive }: Transmissions): readonly Chore[] {
  const sending: Chore = {
    name: 'transmissions',
    kind: 'EACH_TENANT',
    atOnce: TENANTS_AT_ONCE,
    everySeconds: 5,
    run: (tenantId, signal) => workTransmissions(send, tenantId, signal),
  };
  if (receive === null) return [sending];
  const run = (tenantId: string): Promise<unknown> => sweepReceptions(receive, tenantId);
  return [
    sending,
    { name: 'receptions', kind: 'EACH_TENANT', everySeconds: 3600, run },
    {
      name: 'processor-requests',
      kind: 'EACH_TENANT',
      everySeconds: 15,
      run: (tenantId, signal) => workProcessorRequests(receive, tenantId, signal),
    },
  ];
}
