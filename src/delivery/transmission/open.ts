import { join } from 'node:path';
import type { BundleSources } from '../../bundle/build.ts';
import { openOutgoingDoor, type OutgoingOptions } from '../../notices/outgoing.ts';
import { LARGEST_PIECE, TURN_MS, type ReceiveDesk, type SendDesk } from './desk.ts';
import { openPartnerKeys } from './partner-keys.ts';
import { NO_PARTNERS, readPartners, type Partners } from './partners.ts';

export interface TransmissionOptions extends Pick<
  SendDesk,
  'pool' | 'clock' | 'audit' | 'outbox' | 'storage' | 'secret' | 'onFault'
> {
  /** What bundles are built with; its pool may be another. */
  readonly sources: Omit<BundleSources, 'audit'> & Pick<SendDesk, 'signing'>;
  /** The file that names the others, or what it would say; undefined for nobody. */
  readonly partners: string | Partners | undefined;
  readonly outgoing: OutgoingOptions;
  readonly dataFolder: string;
  /** By which address others know us; without it nothing is taken in. */
  readonly publicOrigin: string | undefined;
  /** @default 4 MiB */
  readonly pieceBytes?: number;
  /** @default 30 s */
  readonly turnMs?: number;
}

/** What goes to other controllers, and what comes from them. */
export interface Transmissions extends AsyncDisposable {
  readonly send: SendDesk;
  /** Null where nobody may send us anything. */
  readonly receive: ReceiveDesk | null;
}

/** Opens the exchange with other controllers. Nothing is asked of any of them before something is sent. Throws BAD_INPUT. */
export async function openTransmissions(options: TransmissionOptions): Promise<Transmissions> {
  const { partners, outgoing, dataFolder, publicOrigin, sources, storage, secret, onFault, ...shared } = options;
  await using parts = new AsyncDisposableStack();
  const door = parts.use(openOutgoingDoor(outgoing));
  const { recipients, senders } =
    typeof partners === 'string' ? await readPartners(partners, door) : (partners ?? NO_PARTNERS);
  const { pool, clock, audit, outbox, pieceBytes = LARGEST_PIECE, turnMs = TURN_MS } = shared;
  const desk = { pool, clock, audit, outbox, signing: sources.signing, keys: openPartnerKeys(door) };
  const later = parts.move();
  return {
    send: { ...desk, recipients, sources, storage, door, secret, pieceBytes, turnMs, onFault },
    receive:
      senders.length === 0 || publicOrigin === undefined
        ? null
        : {
            ...desk,
            senders,
            policies: sources.policies,
            blobs: sources.blobs,
            folder: join(dataFolder, 'receptions'),
            intake: `${publicOrigin}/intake/bundles`,
            requests: `${publicOrigin}/intake/requests`,
            door,
          },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}
