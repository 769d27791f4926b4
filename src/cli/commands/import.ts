import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { isSealed } from '../../bundle/seal/seal-mark.ts';
import { CarryallError, isCarryallError } from '../../errors.ts';
import { printImport } from '../print-import.ts';
import { progressLine } from '../progress-line.ts';
import { withGateway } from '../run.ts';
import { listenForStop } from '../stop-signal.ts';
import { importBundleCommand } from './import-bundle.ts';

interface ImportCommandOptions {
  readonly tenant: string;
  readonly dataset?: string;
  readonly mapping?: string;
  readonly skipBad?: boolean;
}

const importFileCommand = new Command('file')
  .argument('<kind>', 'what the file holds: stripe, cdr, freshdesk, zendesk, lemonsqueezy, keygen or ndjson')
  .argument('<file>')
  .requiredOption('--tenant <id>', 'whose platform')
  .option('--dataset <name>', 'the dataset of plain NDJSON lines that do not name one')
  .option('--mapping <file>', 'which column is which, for a CSV with a header of its own')
  .option('--skip-bad', 'write the good records even if others are bad')
  .description("bring another system's records into the store, all or nothing")
  .action((kind: string, file: string, options: ImportCommandOptions) =>
    withGateway(async ({ database, policies, blobs, clock }) => {
      const { importFile } = await import('../../sources/import-file.ts');
      const progress = progressLine('bytes');
      const report = await importFile({
        pool: database.pool,
        policies,
        blobs,
        clock,
        kind,
        file,
        tenant: options.tenant,
        dataset: options.dataset,
        mapping: options.mapping,
        skipBad: options.skipBad,
        signal: listenForStop(),
        onProgress: ({ bytes, totalBytes }) => progress.show(bytes, totalBytes),
      })
        .catch(async (error: unknown) => {
          if (!isCarryallError(error, 'IMPORT_REFUSED') || !(await isBundle(file))) throw error;
          throw new CarryallError(
            'BAD_INPUT',
            `${file} is an archive, not records of ${kind}. A person's bundle is taken in by: carryall import bundle ${file} --tenant ${options.tenant}`,
          );
        })
        .finally(() => progress.clear());
      printImport(report);
    }),
  );

/** Whether a file begins as an archive, sealed or not; what cannot be read is for whoever reads it to tell. */
async function isBundle(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    const start = buffer.subarray(0, bytesRead);
    return start.toString('latin1', 0, 4) === 'PK\x03\x04' || isSealed(start);
  } catch {
    return false;
  }
}

// `carryall import stripe FILE` is `import file stripe FILE`.
export const importCommand = new Command('import')
  .description("bring another system's records, or a person's bundle, into the store")
  .addCommand(importFileCommand, { isDefault: true })
  .addCommand(importBundleCommand);
