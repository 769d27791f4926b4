import { readConfig, type Config } from '../config.ts';
import { openGateway, type Gateway, type Migrating } from '../gateway.ts';

/** Runs a command's work on an open gateway and closes it whatever happens. */
export async function withGateway<T>(work: (gateway: Gateway, config: Config) => Promise<T>, migrating?: Migrating): Promise<T> {
  const config = readConfig();
  await using gateway = await openGateway(config, migrating, (line) => console.error(line));
  return await work(gateway, config);
}
