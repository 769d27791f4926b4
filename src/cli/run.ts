import { readConfig, type Config } from '../config.ts';
import { isCarryallError } from '../errors.ts';
import { openGateway, type Gateway, type Migrating } from '../gateway.ts';

/** Runs a command's work on an open gateway and closes it whatever happens. */
export async function withGateway<T>(
  work: (gateway: Gateway, config: Config) => Promise<T>,
  migrating?: Migrating,
): Promise<T> {
  const config = readConfig();
  await using gateway = await openGateway(config, migrating, printStoreLog);
  return await work(gateway, config);
}

/** What the store says of itself; nothing of the database server's own log, which may quote rows. */
export function printStoreLog(line: string): void {
  if (!/^\d{4}-\d\d-\d\d /.test(line)) console.error(line);
}

/** A fault that no caller waits for; its cause may hold data, so only a message of ours is shown. */
export function printFault(error: unknown): void {
  console.error(isCarryallError(error) ? `${error.code}: ${error.message}` : 'Something went wrong beside the work.');
}
