import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { withSnapshot } from '../store/session.ts';
import { readCheckpoints } from './checkpoint-folder.ts';
import { copyLinks } from './stored-chain.ts';

/**
 * Writes a tenant's chain to a file: its signed checkpoints, then its links, one JSON object a line. It verifies offline,
 * and holds neither reasons in words nor ids of people. Throws OUTPUT_FAILED and leaves nothing half-written.
 */
export async function exportChain(pool: pg.Pool, place: string, tenantId: string, path: string): Promise<void> {
  const partial = `${path}.${newId('partial')}`;
  try {
    // Before the snapshot is taken: a checkpoint that the links do not reach would say that they were cut off.
    const checkpoints = await readCheckpoints(place, tenantId);
    await withSnapshot(pool, tenantId, (reader) =>
      pipeline(
        async function* () {
          for (const signed of checkpoints) yield `${JSON.stringify(signed)}\n`;
          yield* copyLinks(reader, tenantId);
        },
        createWriteStream(partial, { flags: 'wx', mode: 0o600 }),
      ),
    );
    await using file = await open(partial);
    await file.sync();
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    if (cause instanceof CarryallError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new CarryallError('OUTPUT_FAILED', `${path} could not be written (${code ?? 'unknown'}).`, { cause });
  }
}
