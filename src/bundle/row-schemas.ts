import { hash } from 'node:crypto';
import { z } from 'zod';
import { isCarryallError, type Fault } from '../errors.ts';
import type { BundleReader } from './bundle-reader.ts';
import type { ListedFile } from './read-manifest.ts';

// A schema is a program: a pattern may run for ever, a reference may fetch. None of ours has either.
const typeSchema: z.ZodType = z.lazy(() =>
  z.strictObject({
    type: z.enum(['string', 'integer', 'number', 'boolean', 'array']).or(z.literal('null')).optional(),
    enum: z.array(z.string()).optional(),
    format: z.literal('date-time').optional(),
    description: z.string().optional(),
    items: typeSchema.optional(),
    anyOf: z.array(typeSchema).max(2).optional(),
    'x-carryall': z.unknown().optional(),
  }),
);

const rowSchema = z.strictObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
  $id: z.string(),
  title: z.string(),
  type: z.literal('object'),
  properties: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/), typeSchema),
  required: z.array(z.string()),
  additionalProperties: z.literal(false),
});

/** The schemas that are not of the few words that Carryall writes; such a schema must not be run. */
export async function schemaFaults(reader: BundleReader, files: readonly ListedFile[]): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const { path, sha256 } of files.filter((file) => file.path.startsWith('schema/'))) {
    const reason = await schemaFault(reader, path, sha256);
    if (reason !== null) faults.push({ path, reason });
  }
  return faults;
}

async function schemaFault(reader: BundleReader, path: string, sha256: string): Promise<string | null> {
  try {
    const bytes = await reader.part(path);
    // Told when all files are held against the manifest.
    if (bytes === null || hash('sha256', bytes) !== sha256) return null;
    return rowSchema.safeParse(JSON.parse(bytes.toString('utf8'))).success
      ? null
      : 'is not a schema as Carryall writes it';
  } catch (error) {
    if (isCarryallError(error, 'BAD_INPUT')) return error.message;
    if (error instanceof SyntaxError || error instanceof RangeError) return 'is not a schema as Carryall writes it';
    throw error;
  }
}
