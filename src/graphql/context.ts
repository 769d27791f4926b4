import type pg from 'pg';
import type { Actor, Grant } from '../access/actor.ts';
import type { Declaration } from '../access/declaration.ts';
import type { Auditor } from '../audit/auditor.ts';
import type { BundleSources } from '../bundle/build.ts';
import type { DeliveryDesk } from '../delivery/desk.ts';
import type { SendDesk } from '../delivery/transmission/desk.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Instructions } from '../mandates/standing.ts';
import type { EndpointDesk } from '../notices/endpoints.ts';
import type { Policy } from '../policy/schema.ts';
import type { RequestDesk } from '../requests/write.ts';
import type { Decisions } from './decisions.ts';
import type { RequestLoaders } from './loaders.ts';
import type { PrivacyLog } from './privacy-log.ts';

/** The operator on whose data a request works. */
export interface TenantRow {
  readonly tenantId: string;
  readonly policyCode: string;
  readonly name: string;
  readonly country: string | null;
  readonly contact: string | null;
}

/** What resolvers of one request share; made anew for each, and narrowed for each person (see `contextFor`). */
export interface GatewayContext extends Declaration {
  readonly actor: Actor;
  /** When the actor last proved who they are. */
  readonly authenticatedAt: Date;
  readonly tenant: TenantRow;
  readonly policy: Policy;
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Where bundles find stored files and leave scratch files. */
  readonly bundles: Pick<BundleSources, 'blobs' | 'workFolder' | 'signing'>;
  /** How bundles reach people; null at a gateway that hands out none. */
  readonly delivery: DeliveryDesk | null;
  /** To whom bundles can be sent; null at a gateway that sends none. */
  readonly transmissions: Pick<SendDesk, 'recipients' | 'clock'> | null;
  /** What endpoints of webhooks are kept with; null at a gateway that sends none. */
  readonly endpoints: EndpointDesk | null;
  /** The one instant at which the whole request is decided. */
  readonly now: Date;
  /** The grants that the actor holds for the person at hand. */
  readonly grants: readonly Grant[];
  /** What the controllers of that person's data have instructed. */
  readonly instructions: Instructions;
  readonly audit: Auditor;
  /** Where requests are worked. */
  readonly requests: RequestDesk;
  readonly privacy: PrivacyLog;
  /** What was decided of columns in this request; see `decide`. */
  readonly decisions: Decisions;
  readonly loaders: RequestLoaders;
}
