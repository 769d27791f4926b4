import { z } from 'zod';

/** What every statement of another controller says: who states it to whom, when, and which one it is. */
export const STATED = {
  iss: z.string().max(63),
  aud: z.string().max(2048),
  /** Seconds. */
  iat: z.int(),
  jti: z.string().regex(/^[\w-]{16,64}$/),
  /** The operator whom it concerns, as whoever reads it is called there. */
  tenant: z.string().max(63),
} as const;
