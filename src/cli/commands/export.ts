import { Command, Option } from 'commander';
import { estimateBundle } from '../../bundle/estimate.ts';
import { exportBundle, type ExportedBundle } from '../../bundle/export-file.ts';
import type { BundleRequest } from '../../bundle/prepare.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import { openAudit } from '../../open-audit.ts';
import { operator } from '../operator.ts';
import { progressLine } from '../progress-line.ts';
import { printFault, withGateway } from '../run.ts';
import { passphraseFileOption, recipientOption, sealOf, type SealOptions } from '../sealing-options.ts';
import { readSize, writeSize } from '../size.ts';
import { listenForStop } from '../stop-signal.ts';

interface ExportOptions extends SealOptions {
  readonly tenant: string;
  readonly subject: string;
  readonly scope: 'access' | 'portability';
  readonly format: 'json' | 'zip';
  readonly out?: string;
  readonly volumeSize?: string;
  readonly estimate?: true;
}

/** Smaller volumes are no help to anybody: the manifest and the page must fit into one. */
const SMALLEST_VOLUME = { least: 1e6, words: '1 MB' };

export const exportCommand = new Command('export')
  .description("build one person's bundle")
  .requiredOption('--tenant <id>', 'whose platform')
  .requiredOption('--subject <id>', 'who; see: carryall subject find')
  .addOption(
    new Option('--scope <scope>', 'Art. 15 or Art. 20').choices(['access', 'portability']).makeOptionMandatory(),
  )
  .addOption(new Option('--format <format>', 'an archive or one document').choices(['json', 'zip']).default('zip'))
  .option('--out <file>', 'where to write it')
  .option('--volume-size <size>', 'cut the archive into NAME.part1.zip and so on, of at most 500MB, 2GiB, …')
  .addOption(recipientOption)
  .addOption(passphraseFileOption)
  .addOption(
    new Option('--estimate', 'tell how large it would be, and write nothing').conflicts([
      'out',
      'volumeSize',
      'recipient',
      'passphraseFile',
    ]),
  )
  .action(async (options: ExportOptions) => {
    const target = targetOf(options);
    const seal = await sealOf(options);
    const request: BundleRequest = {
      tenantId: options.tenant,
      subjectId: options.subject,
      scope: options.scope === 'access' ? 'ACCESS' : 'PORTABILITY',
      format: options.format === 'json' ? 'JSON' : 'ZIP',
    };
    await withGateway(async (gateway, config) => {
      await using log = await openAudit(config, gateway, printFault);
      const audit = { log, actor: operator(options.tenant) };
      const sources = { ...gateway, pool: gateway.database.pool, audit };
      const signal = listenForStop();
      if (target === null) {
        const { rows, files, bytes, packedBytes } = await estimateBundle(sources, request, signal);
        const size =
          request.format === 'ZIP' ? `${writeSize(bytes)}, ${writeSize(packedBytes)} packed` : writeSize(bytes);
        console.log(`An estimate: ${rows} rows in ${files} files, about ${size}. Nothing was written.`);
        return;
      }
      const progress = progressLine('rows');
      const built = await exportBundle(sources, request, target.out, {
        signal,
        seal,
        volumeBytes: target.volumeBytes,
        onProgress: ({ rows, expectedRows }) => progress.show(rows, expectedRows),
      }).finally(() => progress.clear());
      if (signal.aborted) throw new CarryallError('CANCELLED', 'The export was stopped.');
      report(request, built);
    });
  });

/** Where the bundle goes; null where only an estimate is asked for. Throws BAD_INPUT with all faults. */
function targetOf({ estimate, out, volumeSize, format }: ExportOptions): {
  readonly out: string;
  readonly volumeBytes: number | undefined;
} | null {
  if (estimate === true) return null;
  const faults: Fault[] = [];
  if (out === undefined) faults.push({ path: '--out', reason: 'is missing: name the file, or say --estimate' });
  const volumeBytes = volumeSize === undefined ? undefined : readSize(volumeSize, '--volume-size', SMALLEST_VOLUME);
  if (typeof volumeBytes === 'object') faults.push(volumeBytes);
  if (volumeSize !== undefined && format === 'json')
    faults.push({ path: '--volume-size', reason: 'is for archives; a JSON document is one file' });
  if (out === undefined || typeof volumeBytes === 'object' || faults.length > 0)
    throw new CarryallError('BAD_INPUT', 'Nothing can be exported like this.', { faults });
  return { out, volumeBytes };
}

function report({ scope }: BundleRequest, { paths, policyCode, rows, files, omissions, sha256 }: ExportedBundle): void {
  for (const path of paths.slice(0, -1)) console.log(path);
  console.log(
    `${paths.at(-1)}: ${scope} bundle under ${policyCode}, ${rows} rows in ${files} files; ${omissions} omissions stated in its manifest. SHA-256 ${sha256}`,
  );
}
