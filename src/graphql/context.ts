import type pg from 'pg';
import type { Actor, Grant } from '../access/actor.ts';
import type { Declaration } from '../access/declaration.ts';
import type { Auditor } from '../audit/auditor.ts';
import type { BundleSources } from '../bundle/build.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Instructions } from '../mandates/standing.ts';
import type { Policy } from '../policy/schema.ts';
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
  readonly tenant: TenantRow;
  readonly policy: Policy;
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Where bundles find stored files and leave scratch files. */
  readonly bundles: Pick<BundleSources, 'blobs' | 'workFolder' | 'signing'>;
  /** The one instant at which the whole request is decided. */
  readonly now: Date;
  /** The grants that the actor holds for the person at hand. */
  readonly grants: readonly Grant[];
  /** What the controllers of that person's data have instructed. */
  readonly instructions: Instructions;
  readonly audit: Auditor;
  readonly privacy: PrivacyLog;
  /** What was decided of columns in this request; see `decide`. */
  readonly decisions: Decisions;
  readonly loaders: RequestLoaders;
}
