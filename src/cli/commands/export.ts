import { Command, Option } from 'commander';
import { exportBundle } from '../../bundle/export-file.ts';
import { CarryallError } from '../../errors.ts';
import { progressLine } from '../progress-line.ts';
import { withGateway } from '../run.ts';
import { listenForStop } from '../stop-signal.ts';

interface ExportOptions {
  readonly tenant: string;
  readonly subject: string;
  readonly scope: string;
  readonly format: string;
  readonly out: string;
}

export const exportCommand = new Command('export')
  .description("build one person's bundle")
  .requiredOption('--tenant <id>', 'whose platform')
  .requiredOption('--subject <id>', 'who; see: carryall subject find')
  .addOption(
    new Option('--scope <scope>', 'Art. 15 or Art. 20').choices(['access', 'portability']).makeOptionMandatory(),
  )
  .addOption(new Option('--format <format>', 'an archive or one document').choices(['json', 'zip']).default('zip'))
  .requiredOption('--out <file>', 'where to write it')
  .action((options: ExportOptions) =>
    withGateway(async (gateway) => {
      const signal = listenForStop();
      const progress = progressLine('rows');
      const scope = options.scope === 'access' ? 'ACCESS' : 'PORTABILITY';
      const built = await exportBundle(
        { ...gateway, pool: gateway.database.pool },
        {
          tenantId: options.tenant,
          subjectId: options.subject,
          scope,
          format: options.format === 'json' ? 'JSON' : 'ZIP',
        },
        options.out,
        { signal, onProgress: ({ rows, expectedRows }) => progress.show(rows, expectedRows) },
      ).finally(() => progress.clear());
      if (signal.aborted) throw new CarryallError('CANCELLED', 'The export was stopped.');
      console.log(
        `${options.out}: ${scope} bundle under ${built.policyCode}, ${built.rows} rows in ${built.files} files; ${built.omissions} omissions stated in its manifest. SHA-256 ${built.sha256}`,
      );
    }),
  );
