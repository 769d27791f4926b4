import { z } from 'zod';
import { SCOPES } from '../../catalogue/vocabulary.ts';
import { CarryallError } from '../../errors.ts';

/** An id that any store and any path can hold. It becomes part of the paths of later bundles. */
export const SAFE_ID = /^[A-Za-z0-9_-]{1,128}$/;

const headingSchema = z.object({
  scope: z.enum(SCOPES),
  tenant: z.object({ id: z.string().min(1).max(200) }),
  subject: z.object({ id: z.string().regex(SAFE_ID) }),
});

/** What a manifest says of its bundle as a whole: by which right, from whom, about whom. */
export type Heading = z.infer<typeof headingSchema>;

/** Reads the heading of a manifest that is whole otherwise. Throws BAD_INPUT. */
export function readHeading(manifest: unknown): Heading {
  const parsed = headingSchema.safeParse(manifest);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({
    path: `manifest.json/${path.join('/')}`,
    reason: message,
  }));
  throw new CarryallError('BAD_INPUT', 'manifest.json does not say whose bundle it is.', { faults });
}
