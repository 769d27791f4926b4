import { Command } from 'commander';
import { CarryallError } from '../../errors.ts';
import { withGateway } from '../run.ts';
import { listenForStop } from '../stop-signal.ts';

export const workCommand = new Command('work')
  .description('build bundles, send notices and keep order until it is stopped; `serve` does so too')
  .option('--concurrency <n>', 'how many bundles are built at once', '2')
  .action(({ concurrency }: { readonly concurrency: string }) =>
    withGateway(async (gateway, config) => {
      const most = Number(concurrency);
      if (!Number.isInteger(most) || most < 1 || most > 32)
        throw new CarryallError('BAD_INPUT', '--concurrency wants a number from 1 to 32.');
      const [
        { openBoss, SUPERVISE_SECONDS },
        { createBuildQueue },
        { openStorage },
        { createRequestDesk },
        { openWork },
      ] = await Promise.all([
        import('../../jobs/boss.ts'),
        import('../../jobs/queue.ts'),
        import('../../bundle/storage/open.ts'),
        import('../../requests/desk.ts'),
        import('../work.ts'),
      ]);
      const { createLog } = await import('../../log.ts');
      const { openAudit } = await import('../../open-audit.ts');
      const { readTokenKey } = await import('../../token-key.ts');
      const { openOperations } = await import('../operations.ts');
      const log = createLog(config.log);
      const onFault = (error: unknown): void => log.fault(error);
      const signal = listenForStop();
      const { pool } = gateway.database;
      const { secret } = await readTokenKey(config.dataFolder);
      await gateway.signing.published();
      await using _operations = await openOperations(config, gateway);
      await using audit = await openAudit(config, gateway, onFault);
      await using storage = await openStorage(config.storage);
      await using boss = await openBoss(pool, { superviseSeconds: SUPERVISE_SECONDS, onFault });
      const queue = createBuildQueue(boss.boss);
      const requests = createRequestDesk({ ...gateway, pool, audit, queue, secret });
      await using _work = await openWork({
        gateway,
        config,
        boss,
        requests,
        audit,
        storage,
        secret,
        concurrency: most,
        onFault,
      });
      console.log('At work. Ctrl-C stops it.');
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }),
  );
