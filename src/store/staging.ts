import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarryallError } from '../errors.ts';
import { canReach, type ServerUser } from './server-user.ts';

/**
 * A stable path that `user` can reach, for what lies where it cannot; `subject` names what it stands for, so that the
 * same subject always gets the same path. Throws DATABASE_FAILED when there is no such place.
 */
export function stagedPath(user: ServerUser | undefined, kind: string, subject: string): string {
  const name = `carryall-${kind}-${createHash('sha256').update(subject).digest('hex').slice(0, 12)}`;
  for (const parent of ['/var/lib', tmpdir(), '/tmp']) {
    const path = join(parent, name);
    if (isWritable(parent) && canReach(user, parent) && isOurs(path, user)) return path;
  }
  throw new CarryallError(
    'DATABASE_FAILED',
    `The user ${user?.name ?? 'of this process'} that must run PostgreSQL can reach neither the folder asked for nor ` +
      '/var/lib nor the temporary folder. Move the project to a folder that others may enter, or set DATABASE_URL.',
  );
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// The names can be guessed, and anyone may write to a temporary folder: what another user put there is not used.
function isOurs(path: string, user: ServerUser | undefined): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  const owner = found.uid === process.getuid?.() || found.uid === user?.uid;
  return owner && found.isDirectory() && (found.mode & 0o022) === 0;
}
