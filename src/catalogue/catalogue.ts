import { account } from './account.ts';
import { billing } from './billing.ts';
import { calls } from './calls.ts';
import type { Catalogue } from './dataset.ts';
import { delivery } from './delivery.ts';
import { door } from './door.ts';
import { identity } from './identity.ts';
import { integrations } from './integrations.ts';
import { licences } from './licences.ts';
import { notices } from './notices.ts';
import { requests } from './requests.ts';
import { supervision } from './supervision.ts';
import { support } from './support.ts';
import { tenancy } from './tenancy.ts';
import { usage } from './usage.ts';

/** The declaration of every column of every model; all that shows, masks, exports or keeps data reads it from here. */
export const catalogue = {
  ...tenancy,
  ...account,
  ...billing,
  ...calls,
  ...licences,
  ...support,
  ...usage,
  ...integrations,
  ...requests,
  ...delivery,
  ...notices,
  ...supervision,
  ...identity,
  ...door,
} as const satisfies Catalogue;
