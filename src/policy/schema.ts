import { z } from 'zod';
import { PROVENANCES, SENSITIVITIES } from '../catalogue/vocabulary.ts';
import { headerSchema } from './schema-header.ts';
import { cited, id, relation, text } from './schema-parts.ts';
import {
  basisSchema,
  promiseSchema,
  purposeSchema,
  recipientSchema,
  restrictionSchema,
  retentionSchema,
  rightSchema,
  roleSchema,
  routingSchema,
} from './schema-rules.ts';
import { ACCESS_ONLY_REASONS, ITEM_KINDS, STORED } from './words.ts';

const provenance = z.enum(PROVENANCES);
const ids = z.array(id);

const itemSchema = z.strictObject({
  id,
  item: z.string().regex(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/, 'expected an item name such as account.email'),
  ...cited,
  kind: z.enum(ITEM_KINDS),
  category: text,
  provenance: provenance.optional().describe('Where the value came from; absent only for what is not held.'),
  stored: z.enum(STORED),
  sensitivity: z.enum(SENSITIVITIES),
  role: id,
  purposes: ids,
  bases: ids,
  recipients: ids,
  retention: ids.describe('Retention rules in order: the next applies when the one before has run out.'),
  context: z
    .boolean()
    .optional()
    .describe('When not portable, still shipped under context/ so that portable rows make sense.'),
  thirdParty: z.boolean().optional().describe('The value may be about someone other than the subject (Art. 20(4)).'),
  provenanceFor: z
    .partialRecord(relation, provenance)
    .optional()
    .describe('Provenance as seen from one relation, e.g. a contact that the account holder named.'),
  about: relation.optional().describe('The only relation whom this value is about; nobody else receives it.'),
  redact: text.optional().describe('A part of the value that is blanked in every output.'),
  portability: z
    .strictObject({ article: z.literal('15'), reason: z.enum(ACCESS_ONLY_REASONS) })
    .optional()
    .describe('Only where the verdict cannot be derived from basis and provenance.'),
  assumptions: ids.default([]),
});

/** The format of a policy file. */
export const policySchema = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9]{1,7}$/, 'expected a short upper-case code such as CP'),
  name: text,
  version: text.describe('The version in force, as tenants and bundles cite it.'),
  source: z.strictObject({
    file: text,
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hex'),
  }),
  header: headerSchema,
  assumptions: z.array(z.strictObject({ id, text })),
  purposes: z.array(purposeSchema).min(1),
  promises: z.array(promiseSchema),
  restrictions: z.array(restrictionSchema).default([]),
  missingFiles: z
    .enum(['FAIL', 'LIST'])
    .default('FAIL')
    .describe('What a bundle does about a stored file that is lost: FAIL gives it up, LIST tells the person.'),
  bases: z.array(basisSchema).min(1),
  recipients: z.array(recipientSchema),
  retention: z.array(retentionSchema),
  roles: z.array(roleSchema).min(1),
  routing: z.array(routingSchema).min(1).describe('First match wins; no match is a refusal.'),
  rights: z.array(rightSchema),
  items: z.array(itemSchema).min(1),
});

/** A privacy policy as data. */
export type Policy = z.infer<typeof policySchema>;
/** One kind of personal data that a policy names. */
export type Item = Policy['items'][number];
export type Purpose = Policy['purposes'][number];
export type Basis = Policy['bases'][number];
export type Recipient = Policy['recipients'][number];
export type RetentionRule = Policy['retention'][number];
export type Role = Policy['roles'][number];
export type RoutingRule = Policy['routing'][number];
export type Route = RoutingRule['route'];
export type StatedRight = Policy['rights'][number];

/** The format as JSON Schema, for editors; committed as policies/policy.schema.json. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policySchema, { io: 'input' });
}
