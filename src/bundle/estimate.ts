import { withSnapshot } from '../store/session.ts';
import type { BundleSources } from './build.ts';
import { planned } from './collect.ts';
import { forecast, type Forecast } from './forecast.ts';
import type { BundleRequest } from './prepare.ts';

/** What a bundle would come to: rows are counted, the other figures follow from a sample of them and are near. */
export interface BundleEstimate extends Omit<Forecast, 'scratchBytes'> {
  readonly estimate: true;
}

/**
 * Estimates a bundle from one snapshot, without writing anything. Throws what building it would throw before a row is
 * written: NOT_FOUND, and BUNDLE_FAILED for a stored file that is lost.
 */
export async function estimateBundle(
  sources: Omit<BundleSources, 'signing'>,
  request: BundleRequest,
  signal?: AbortSignal,
): Promise<BundleEstimate> {
  return withSnapshot(sources.pool, request.tenantId, async (reader) => {
    const options = { ...sources, signal, now: sources.clock.now() };
    const build = await planned(reader, request, options);
    const { rows, files, bytes, packedBytes } = await forecast(reader, request, build, options);
    return { estimate: true, rows, files, bytes, packedBytes };
  });
}
