import { z } from 'zod';
import { RELATIONS } from '../catalogue/vocabulary.ts';

/** At most four digits a part: no rule may push an instant out of the calendar's range. */
const ISO_PERIOD =
  /^P(?=\d|T\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?(\d{1,4}S)?)?$/;

export const text = z.string().trim().min(1);
export const id = z.string().regex(/^[A-Z][A-Za-z0-9?]*(-[A-Za-z0-9?]+)*$/, 'expected an id such as CP-P1');
export const period = z
  .string()
  .regex(ISO_PERIOD, 'expected an ISO 8601 duration such as P30D')
  .describe('An ISO 8601 duration, e.g. P30D, P12M, P7Y or PT0S.');
export const clause = text.describe('Where in the policy text this stands, e.g. §2.1.');
export const quote = text.describe("The policy's own words, verbatim.");
export const assumption = id.describe('The id of the assumption that fills a silence of the text.');
export const relation = z.enum(RELATIONS).describe('How a subject stands to a row.');
export const country = text.nullable().describe('ISO 3166 code or the region as named; null when the text names none.');

/** Fields of everything that the policy text states. */
export const cited = { clause, quote };
/** Fields of what the text may pass over. */
export const mayCite = { clause: clause.optional(), quote: quote.optional() };

/** Marks of a template that was never filled in (trap X04). */
export const PLACEHOLDER =
  /\[[^\]]*\bplaceholder\b[^\]]*\]|\[(?:your|insert|company|address|name|e-?mail|date)\b[^\]]*\]|\b(?:TODO|TBD|FIXME)\b|lorem ipsum/i;
