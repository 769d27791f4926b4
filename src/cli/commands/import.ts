import { Command } from 'commander';
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
      }).finally(() => progress.clear());
      printImport(report);
    }),
  );

// `carryall import stripe FILE` is `import file stripe FILE`.
export const importCommand = new Command('import')
  .description("bring another system's records, or a person's bundle, into the store")
  .addCommand(importFileCommand, { isDefault: true })
  .addCommand(importBundleCommand);
