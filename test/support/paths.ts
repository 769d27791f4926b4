import { fileURLToPath } from 'node:url';

/** The folder of the datamodel. */
export const DATAMODEL = fileURLToPath(new URL('../../prisma', import.meta.url));

/** The folder of the migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
