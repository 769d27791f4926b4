import { isCarryallError, type CarryallError } from '../../errors.ts';
import { storageFailed } from './failure.ts';

interface ServiceError {
  readonly name: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The HTTP status with which S3 answered, if it did. */
export function statusOf(error: unknown): number | undefined {
  return (error as Partial<ServiceError> | null)?.$metadata?.httpStatusCode;
}

/** Asks S3 something; what it refuses becomes OUTPUT_FAILED, by its name: its own words may hold names of accounts. */
export async function onS3<T>(wanted: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw s3Failed(wanted, error);
  }
}

/** What is told of a failure; ours stay as they are. */
export function s3Failed(wanted: string, error: unknown): CarryallError {
  if (isCarryallError(error)) return error;
  const status = statusOf(error);
  const name = nameOf(error);
  return storageFailed(wanted, status === undefined ? name : `${name}, ${status}`, error);
}

function nameOf(error: unknown): string {
  const { code, name = 'Error' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? (name === 'Error' ? 'it broke off' : name);
}
