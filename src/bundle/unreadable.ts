import { CarryallError } from '../errors.ts';

/** The error for a file that cannot be read, with what keeps it from being read. */
export function unreadable(path: string, cause: unknown): CarryallError {
  return new CarryallError('BAD_INPUT', `${path} could not be read: ${reasonOf(cause)}.`, { cause });
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    default:
      return code ?? 'it broke off';
  }
}
