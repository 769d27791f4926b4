import { z } from 'zod';
import { assumption, cited, clause, mayCite, period, quote, text } from './schema-parts.ts';

const email = z.email('expected an e-mail address');
const notStated = z.strictObject({ status: z.literal('NOT_STATED'), ...mayCite });
const missing = z
  .strictObject({ status: z.literal('MISSING'), ...mayCite })
  .describe('The text should say it and does not.');
const by = z.array(z.enum(['EMAIL', 'WEBSITE'])).min(1);

const address = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('STATED'), text }),
  z
    .strictObject({ status: z.literal('PLACEHOLDER'), text })
    .describe('What the text prints where an address belongs; never shown as an address.'),
]);

const party = {
  name: text,
  country: text.optional(),
  registration: text.optional(),
  address: address.optional(),
  ...cited,
};

const controller = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('STATED'), ...party }),
  z.strictObject({ status: z.literal('IMPLIED'), ...party }),
  z.strictObject({ status: z.literal('RELATIONAL'), ...party }),
  z.strictObject({ status: z.literal('ASSUMED'), ...party, assumption }),
]);

const contact = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('STATED'),
    email,
    postalAddress: text.optional(),
    website: text.optional(),
    subjectLine: text.optional(),
    ...cited,
  }),
  z.strictObject({ status: z.literal('ELSEWHERE'), where: text, ...cited }),
  missing,
]);

const authority = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('STATED'),
    name: text,
    country: text,
    website: text.optional(),
    postalAddress: text.optional(),
    phone: text.optional(),
    ...cited,
  }),
  z.strictObject({ status: z.literal('NOT_NAMED'), ...cited }),
  missing,
]);

const effectiveDate = z.discriminatedUnion('precision', [
  z.strictObject({ status: z.literal('STATED'), precision: z.literal('DAY'), value: z.iso.date(), ...cited }),
  z.strictObject({
    status: z.literal('STATED'),
    precision: z.literal('MONTH'),
    value: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month such as 2025-05'),
    ...cited,
  }),
]);

/** What a policy says of itself; every attribute tells apart stated, implied, assumed and missing. */
export const headerSchema = z.strictObject({
  company: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('STATED'), name: text, ...cited }),
    z.strictObject({ status: z.literal('UNNAMED'), ...cited }),
  ]),
  controller: controller.describe('Who answers for the data, and whether the text says so.'),
  contact: contact.describe('Where requests go; MISSING is never replaced by a made-up address.'),
  authority: authority.describe('The supervisory authority, if the text names one.'),
  responseTime: z
    .discriminatedUnion('status', [
      z.strictObject({ status: z.literal('STATED'), period, ...cited }),
      z.strictObject({ status: z.literal('STATUTORY'), ...cited }),
    ])
    .describe('STATED carries the period promised; STATUTORY means one month under Art. 12(3).'),
  effectiveDate: z.union([effectiveDate, missing]).describe('A month stays a month; no day is invented.'),
  changeNotice: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('STATED'), period, by, ...cited }),
    z.strictObject({ status: z.literal('NO_PERIOD'), by, ...cited }),
    missing,
  ]),
  minAge: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('STATED'), years: z.int().min(1).max(120), ...cited }),
    notStated,
  ]),
  transfers: z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('STATED'),
      countries: z.array(text).describe('Countries outside the EEA; empty when none is named.'),
      safeguards: text,
      ...cited,
    }),
    notStated,
  ]),
  portabilityFormat: z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('STATED'),
      words: z.array(z.enum(['STRUCTURED', 'COMMONLY_USED', 'MACHINE_READABLE'])).min(1),
      format: z.enum(['JSON', 'CSV', 'XML']).optional(),
      ...cited,
    }),
    notStated,
  ]),
  fee: z.discriminatedUnion('status', [z.strictObject({ status: z.literal('FREE'), ...cited }), notStated]),
  identityCheck: z.discriminatedUnion('status', [z.strictObject({ status: z.literal('STATED'), ...cited }), notStated]),
  precedence: z
    .strictObject({ documents: z.array(text).min(1), clause, quote })
    .optional()
    .describe('Documents that prevail over this policy and are not part of it.'),
});
