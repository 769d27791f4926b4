import type { Config } from '../config.ts';
import type { Gateway } from '../gateway.ts';

/** Opens what operators watch a process by, as far as the configuration asks for it; nothing of it is loaded otherwise. */
export async function openOperations(
  { metrics, tracesEndpoint, clock }: Pick<Config, 'metrics' | 'tracesEndpoint' | 'clock'>,
  { database }: Pick<Gateway, 'database'>,
): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  if (metrics !== undefined) {
    const { listenForMetrics } = await import('../http/metrics/listen.ts');
    opened.use(await listenForMetrics({ pool: database.pool, clock }, metrics));
  }
  if (tracesEndpoint !== undefined) {
    const { openTraces, otlpExporter } = await import('./traces.ts');
    opened.use(openTraces(otlpExporter(tracesEndpoint)));
  }
  return opened.move();
}
