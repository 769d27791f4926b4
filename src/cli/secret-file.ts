import { open } from 'node:fs/promises';
import { CarryallError } from '../errors.ts';

const LARGEST_FILE = 64 * 1024;
const ANY_RIGHT_OF_OTHERS = 0o007;

/** The text of a small file that holds a secret. Throws BAD_INPUT, and for a file that is open to everybody. */
export async function readSecretFile(path: string): Promise<string> {
  await using file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CarryallError('BAD_INPUT', `${path} could not be read (${cause.code ?? 'unknown'}).`, { cause });
  });
  const found = await file.stat();
  if (found.isDirectory()) throw new CarryallError('BAD_INPUT', `${path} should be a file, and is a folder.`);
  // Windows keeps its rights elsewhere, and says there that all have them.
  if (process.platform !== 'win32' && (found.mode & ANY_RIGHT_OF_OTHERS) !== 0) {
    throw new CarryallError('BAD_INPUT', `${path} holds a secret and is open to everybody here: chmod 600 it first.`);
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  // From where it stands: it may be a pipe, as of <(pass show bundle).
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST_FILE), 0, LARGEST_FILE, null);
    if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
    bytes += bytesRead;
    if (bytes > LARGEST_FILE) throw new CarryallError('BAD_INPUT', `${path} is too large for what it should hold.`);
    pieces.push(buffer.subarray(0, bytesRead));
  }
}

/** The first line of a file that holds a passphrase. Throws BAD_INPUT. */
export async function readPassphrase(path: string): Promise<string> {
  const [line = ''] = (await readSecretFile(path)).split(/\r?\n/, 1);
  if (line === '')
    throw new CarryallError('BAD_INPUT', `${path} should begin with a passphrase; its first line is empty.`);
  return line;
}
