import { isCarryallError } from '../errors.ts';

const MOST_FAULTS = 50;

/** Prints an error for a person and returns the exit code: 130 and 143 when stopped, 1 otherwise. */
export function reportError(error: unknown, stopped: NodeJS.Signals | null): number {
  if (stopped !== null) {
    console.error('Stopped. Nothing half-done was left.');
    return stopped === 'SIGTERM' ? 143 : 130;
  }
  if (!isCarryallError(error)) {
    console.error(error);
    return 1;
  }
  // The message of a list of faults repeats them for those who see only messages.
  const [headline = ''] = error.message.split('\n');
  console.error(`${error.code}: ${headline}`);
  const listed = error.faults.filter(({ reason }) => !headline.includes(reason));
  for (const { path, reason } of listed.slice(0, MOST_FAULTS)) console.error(`  ${path}: ${reason}`);
  if (error.faults.length > MOST_FAULTS) console.error(`  … and ${error.faults.length - MOST_FAULTS} more`);
  return 1;
}
