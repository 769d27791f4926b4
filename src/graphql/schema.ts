import { specifiedDirectives, type GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
// Root fields and late fields register themselves; each file is one domain.
import './catalogue.ts';
import { personalDataDirective } from './directives.ts';
import './access-log.ts';
import './audit-entries.ts';
import './bundle.ts';
import './downloads.ts';
import './field-access.ts';
import './grants.ts';
import './holdings.ts';
import './instructions.ts';
import './policy.ts';
import './request-fields.ts';
import './request-mutations.ts';
import './request-progress.ts';
import './request-queries.ts';
import './request-staff.ts';
import './subjects.ts';
import './tenant.ts';
import './transmissions.ts';
import './viewer.ts';
import './vouch.ts';
import './webhooks.ts';

/** The whole schema; building it needs no database. */
export const schema: GraphQLSchema = builder.toSchema({ directives: [...specifiedDirectives, personalDataDirective] });
