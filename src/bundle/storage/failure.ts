import { CarryallError, isCarryallError } from '../../errors.ts';

/** What the place of the bundles refused. The reason must hold nothing that the place said in words. */
export function storageFailed(wanted: string, reason: string, cause?: unknown): CarryallError {
  return new CarryallError('OUTPUT_FAILED', `${wanted}: ${reason}.`, { cause });
}

/** The same failure, saying that it could not be undone. */
export function withLeftovers({ code, message, faults, cause }: CarryallError): CarryallError {
  const more = 'Something of it may be left: sweep, and remove the key.';
  return new CarryallError(code, `${message} ${more}`, { faults, cause });
}

/** There is no object under the key. */
export function notStored(key: string): CarryallError {
  return new CarryallError('NOT_FOUND', `There is no stored bundle ${key}.`);
}

/** The key was written before. */
export function keyTaken(key: string): CarryallError {
  return new CarryallError(
    'BAD_INPUT',
    `${key} is stored already: a key is written once; another attempt has another key.`,
  );
}

/** The range begins after the last byte. */
export function outsideOf(key: string, bytes?: number): CarryallError {
  const size = bytes === undefined ? 'too short' : `${bytes} bytes long`;
  return new CarryallError('BAD_INPUT', `${key} is ${size}: the range begins after its end.`);
}

/** Does something to the disk; what the disk refuses becomes OUTPUT_FAILED, by its name. */
export async function onDisk<T>(wanted: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isCarryallError(error)) throw error;
    throw storageFailed(wanted, (error as NodeJS.ErrnoException).code ?? 'it broke off', error);
  }
}
