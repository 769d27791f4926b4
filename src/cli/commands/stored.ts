import { Command, Option } from 'commander';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../../config.ts';
import type { BundleStorage } from '../../bundle/storage/storage.ts';
import type { Seal } from '../../bundle/seal/seal-to.ts';
import { CarryallError } from '../../errors.ts';
import { openAudit } from '../../open-audit.ts';
import { operator } from '../operator.ts';
import { progressLine } from '../progress-line.ts';
import { printFault, withGateway } from '../run.ts';
import { listenForStop } from '../stop-signal.ts';

interface PutOptions {
  readonly tenant: string;
  readonly subject: string;
  readonly scope: 'access' | 'portability';
  readonly format: 'json' | 'zip';
}

const put = new Command('put')
  .description("build one person's bundle into the storage, sealed for CARRYALL_SEAL_TO where that is set")
  .requiredOption('--tenant <id>', 'whose platform')
  .requiredOption('--subject <id>', 'who; see: carryall subject find')
  .addOption(
    new Option('--scope <scope>', 'Art. 15 or Art. 20').choices(['access', 'portability']).makeOptionMandatory(),
  )
  .addOption(new Option('--format <format>', 'an archive or one document').choices(['json', 'zip']).default('zip'))
  .action((options: PutOptions) =>
    withGateway(async (gateway, config) => {
      const { storeBundle } = await import('../../bundle/store-bundle.ts');
      await using log = await openAudit(config, gateway, printFault);
      await using storage = await storageOf(config);
      const signal = listenForStop();
      const progress = progressLine('rows');
      const stored = await storeBundle(
        { ...gateway, pool: gateway.database.pool, audit: { log, actor: operator(options.tenant) } },
        storage,
        {
          tenantId: options.tenant,
          subjectId: options.subject,
          scope: options.scope === 'access' ? 'ACCESS' : 'PORTABILITY',
          format: options.format === 'json' ? 'JSON' : 'ZIP',
        },
        {
          signal,
          seal: await sealOf(config),
          onProgress: ({ rows, expectedRows }) => progress.show(rows, expectedRows),
        },
      ).finally(() => progress.clear());
      console.log(`${stored.key}: ${stored.rows} rows, ${stored.bytes} bytes. SHA-256 ${stored.sha256}`);
    }),
  );

const fetching = new Command('fetch')
  .description('copy a stored bundle into a file, as it lies there')
  .argument('<key>', 'as put printed it')
  .requiredOption('--out <file>', 'where to write it')
  .action(async (key: string, { out }: { readonly out: string }) => {
    const { readConfig } = await import('../../config.ts');
    const { writeWhole } = await import('../../bundle/output-file.ts');
    await using storage = await storageOf(readConfig());
    const { sha256 } = await writeWhole(out, async (destination, digest) => {
      await pipeline(await storage.read(key), destination);
      return digest();
    });
    console.log(`${out}: SHA-256 ${sha256}`);
  });

const remove = new Command('remove')
  .description('delete a stored bundle')
  .argument('<key>', 'as put printed it')
  .action(async (key: string) => {
    const { readConfig } = await import('../../config.ts');
    await using storage = await storageOf(readConfig());
    if ((await storage.stat(key)) === null) throw new CarryallError('NOT_FOUND', 'There is no bundle under this key.');
    await storage.remove(key);
    console.log(`${key}: removed.`);
  });

const sweeping = new Command('sweep')
  .description('remove what attempts that broke off more than a day ago have left in the storage')
  .action(async () => {
    const { readConfig } = await import('../../config.ts');
    await using storage = await storageOf(readConfig());
    const left = await storage.sweep(new Date(Date.now() - DAY_MS));
    console.log(`${left.length} broken attempts removed.`);
  });

const DAY_MS = 24 * 3600 * 1000;

async function storageOf({ storage }: Config): Promise<BundleStorage> {
  const { openStorage } = await import('../../bundle/storage/open.ts');
  return openStorage(storage);
}

async function sealOf({ sealTo }: Config): Promise<Seal | undefined> {
  return sealTo === undefined ? undefined : (await import('../../bundle/seal/seal-to.ts')).sealTo(sealTo);
}

export const storedCommand = new Command('stored')
  .description('bundles in the storage: a folder, or S3 (CARRYALL_STORAGE)')
  .addCommand(put)
  .addCommand(fetching)
  .addCommand(remove)
  .addCommand(sweeping);
