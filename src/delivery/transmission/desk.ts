import type pg from 'pg';
import type { Auditor } from '../../audit/auditor.ts';
import type { BundleSources } from '../../bundle/build.ts';
import type { SigningKeys } from '../../bundle/sign/signing-keys.ts';
import type { BundleStorage } from '../../bundle/storage/storage.ts';
import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../notices/outbox.ts';
import type { OutgoingDoor } from '../../notices/outgoing.ts';
import type { PolicyBook } from '../../policy/book.ts';
import type { BlobStore } from '../../store/blobs.ts';
import type { PartnerKeys } from './partner-keys.ts';
import type { Recipient, Sender } from './partners.ts';

interface TransmissionDesk {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly audit: Pick<Auditor, 'append'>;
  readonly outbox: Outbox;
  /** The keys that our statements are signed with. */
  readonly signing: SigningKeys;
  /** The keys that the others' are checked with. */
  readonly keys: PartnerKeys;
}

/** What bundles are sent to other controllers with. */
export interface SendDesk extends TransmissionDesk {
  readonly recipients: readonly Recipient[];
  readonly sources: Omit<BundleSources, 'audit'>;
  readonly storage: BundleStorage;
  readonly door: OutgoingDoor;
  /** From which the keys of pseudonyms are derived. */
  readonly secret: Uint8Array;
  /** The most bytes of a piece. */
  readonly pieceBytes: number;
  /** How long pieces of one bundle go out before it is another's turn, in ms. */
  readonly turnMs: number;
  readonly onFault: (error: unknown) => void;
}

/** What bundles of other controllers are taken in with. */
export interface ReceiveDesk extends TransmissionDesk {
  readonly senders: readonly Sender[];
  readonly policies: PolicyBook;
  readonly blobs: BlobStore;
  /** Where bundles lie until they are whole. */
  readonly folder: string;
  /** The address of our intake, as senders write it. */
  readonly intake: string;
  /** The address at which controllers hand us requests as their processor. */
  readonly requests: string;
  /** By which they are told how these go on. */
  readonly door: OutgoingDoor;
}

/** The most bytes of a piece that an intake takes. */
export const LARGEST_PIECE = 4 * 1024 ** 2;

/** Longer than the pause between two rounds, so that a single bundle goes out nearly as fast as without turns. */
export const TURN_MS = 30_000;
