import { z } from 'zod';
import { TRIGGERS } from '../catalogue/dataset.ts';
import { assumption, cited, clause, country, id, mayCite, period, quote, relation, text } from './schema-parts.ts';
import {
  ARTICLES,
  COMPUTABLE_KINDS,
  HOLDERS,
  OPEN_KINDS,
  PERIOD_SOURCES,
  PURPOSE_CLASSES,
  RESTRICTABLE_ACTORS,
  RIGHTS,
} from './words.ts';

const article = z.enum(ARTICLES);
const classes = z.array(z.enum(PURPOSE_CLASSES)).min(1);

export const purposeSchema = z.strictObject({
  id,
  classes: classes.describe('What the purpose is for; staff and apps are admitted by class.'),
  enabled: z.boolean().default(true).describe('False for a purpose that nobody may use until it is configured.'),
  ...cited,
});

export const promiseSchema = z
  .strictObject({ id, ...cited })
  .describe('What the operator says it never does; not a purpose.');

export const basisSchema = z.discriminatedUnion('status', [
  z.strictObject({
    id,
    status: z.literal('STATED'),
    articles: z.array(article).min(1),
    numbered: z.boolean().default(true).describe('False when the text gives the ground without its article number.'),
    ...cited,
  }),
  z.strictObject({
    id,
    status: z.literal('ASSUMED'),
    byPurpose: z.record(id, z.array(article).min(1)).describe('The ground assumed for each purpose.'),
    otherwise: z.array(article).min(1).describe('The ground assumed for an item without a purpose.'),
    assumption,
  }),
  z
    .strictObject({ id, status: z.literal('CUSTOMERS_OWN'), ...cited })
    .describe("The customer's own ground, which the customer answers for."),
]);

const receives = {
  id,
  country,
  safeguard: text.nullable(),
  dataShared: z.boolean().default(true).describe('False for a recipient that is listed and receives nothing.'),
  ...cited,
};

export const recipientSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('NAMED'), name: text, ...receives }),
  z
    .strictObject({ status: z.literal('CATEGORY'), category: text, ...receives })
    .describe('A recipient that the text leaves unnamed.'),
]);

const rule = { id, appliesTo: text, assumptions: z.array(id).default([]), ...mayCite };

const expiringRule = z.strictObject({
  ...rule,
  kind: z.enum(COMPUTABLE_KINDS),
  trigger: z.enum(TRIGGERS).describe('The instant from which the period runs; while it is unset the row is kept.'),
  period,
  periodFrom: z.enum(PERIOD_SOURCES).optional().describe('The column that overrides the period for a row.'),
  max: z.boolean().describe('True when the text says "up to".'),
  triggerStated: z.boolean().describe('False when the start event is an assumption.'),
  active: text.optional().describe('In words, until when the row is kept before the clock starts.'),
  legalObligation: text.optional().describe('The duty to keep the record that survives an erasure request.'),
});

const whileRule = z.strictObject({
  ...rule,
  kind: z.literal('EXPLICIT'),
  until: z.enum(TRIGGERS).describe('Kept until this instant; what comes after is the next rule of the item.'),
  triggerStated: z.boolean(),
  active: text,
});

const openRule = z.strictObject({
  ...rule,
  kind: z.enum(OPEN_KINDS),
  text: text.describe('What the policy says instead of a period, in words.'),
});

export const retentionSchema = z.union([expiringRule, whileRule, openRule]);

export const roleSchema = z.strictObject({
  id,
  holder: z.enum(HOLDERS).describe('In which role the operator holds items of this code.'),
  controller: text,
  processors: z.array(text),
  note: text.optional(),
  clause,
  assumption: assumption.optional(),
});

const routeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('CONTROLLER'), party: text, undecided: z.boolean().optional() }),
  z.strictObject({ kind: z.literal('PROCESSOR'), controller: text }),
  z.strictObject({ kind: z.literal('FORWARD'), to: text, undecided: z.boolean().optional() }),
  z.strictObject({ kind: z.literal('NEEDS_REVIEW'), proposedController: text }),
  z.strictObject({ kind: z.literal('REFER'), where: z.enum(['DEVICE', 'THIRD_PARTY']), party: text }),
]);

export const routingSchema = z.strictObject({
  when: z
    .strictObject({
      relations: z.array(relation).min(1).optional(),
      roles: z.array(id).min(1).optional(),
      items: z.array(id).min(1).optional(),
    })
    .describe('All conditions given must hold; an empty object always holds.'),
  route: routeSchema,
  clause,
  quote: quote.optional(),
  assumption: assumption.optional(),
});

export const restrictionSchema = z.strictObject({
  categories: z.array(text).min(1),
  actors: z.array(z.enum(RESTRICTABLE_ACTORS)).min(1),
  classes: classes.describe('Only purposes of these classes, and only those of the item itself, admit the actors.'),
  ...cited,
});

export const rightSchema = z.strictObject({
  right: z.enum(RIGHTS),
  article: text.describe('The GDPR article; general knowledge, not policy text.'),
  stated: z
    .strictObject({
      ...cited,
      printedArticle: text.optional().describe('The article number that the text itself prints.'),
    })
    .nullable()
    .describe('Null when the policy does not state the right.'),
});
