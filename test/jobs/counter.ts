import { openDelivery } from '../../src/delivery/delivery.ts';
import type { DeliveryDesk } from '../../src/delivery/desk.ts';
import { DELIVERY_LIMITS } from '../../src/delivery/limits.ts';
import { openLinkKeys } from '../../src/delivery/link-keys.ts';
import { createLink } from '../../src/delivery/links.ts';
import { withTransaction } from '../../src/store/session.ts';
import { subject } from '../graphql/people.ts';
import type { BuildProcess } from './build-desk.ts';
import type { Office } from './office.ts';

/** Where the people of an office fetch what was built for them. */
export interface Counter extends AsyncDisposable {
  readonly desk: DeliveryDesk;
  /** The id of a fresh link. */
  link(person: string, request: string): Promise<string>;
  /** Opens a link and reads what comes of it to its end. */
  opened(person: string, linkId: string): Promise<string>;
}

/** With what a process of an office hands out what it builds. */
export function deliveryDesk({ desk }: Pick<BuildProcess, 'desk'>, folder: string): DeliveryDesk {
  return { ...desk, linkKeys: openLinkKeys(folder), limits: DELIVERY_LIMITS };
}

export function openCounter({ process, folder }: Pick<Office, 'process' | 'folder'>): Counter {
  const delivery = openDelivery(deliveryDesk(process, folder));
  const { desk } = delivery;
  return {
    desk,
    link: (person, request) =>
      withTransaction(desk.pool, 'cr', async (writer) => {
        const { id } = await createLink(desk, writer, subject('cr', person), request);
        return id;
      }),
    async opened(person, linkId) {
      const by = { actor: subject('cr', person), session: 'one', network: '127.0.0.0/24' };
      const found = await delivery.open({ tenantId: 'cr', linkId }, by, null);
      if (found.kind !== 'BYTES') return found.kind;
      let isWhole = true;
      try {
        for await (const _ of found.body);
      } catch {
        isWhole = false;
      }
      await found.ended(isWhole);
      return isWhole ? 'WHOLE' : 'CUT';
    },
    [Symbol.asyncDispose]: () => delivery[Symbol.asyncDispose](),
  };
}
