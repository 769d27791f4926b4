import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CarryallError } from '../errors.ts';

/** The system user that runs the embedded server, where it is not the one that runs Carryall. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

// initdb looks its user up by name, so an id without a passwd entry will not do.
const CANDIDATES = ['postgres', 'nobody', 'daemon'];

/**
 * The unprivileged user that PostgreSQL must run as when Carryall runs as root; undefined when it is not root.
 * Throws DATABASE_FAILED where root has no such user at hand.
 */
export function findServerUser(passwd = '/etc/passwd'): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers(passwd);
  for (const name of CANDIDATES) {
    const user = users.find((entry) => entry.name === name && entry.uid !== 0);
    if (user) return user;
  }
  throw new CarryallError(
    'DATABASE_FAILED',
    `PostgreSQL does not run as root, and none of the users ${CANDIDATES.join(', ')} exists. ` +
      'Run Carryall as an ordinary user, or set DATABASE_URL.',
  );
}

function readUsers(passwd: string): ServerUser[] {
  return readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => Number.isInteger(uid) && Number.isInteger(gid));
}

/** True when `user` may pass through every folder on the way to `path`, itself included as far as it exists. */
export function canReach(user: ServerUser | undefined, path: string): boolean {
  if (user === undefined) return true;
  for (let folder = realpathSync(nearestExisting(path)); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function nearestExisting(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return folder;
  }
}
