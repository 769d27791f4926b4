import { afterAll, beforeAll, vi } from 'vitest';
import { openStage, type Stage } from './stage.ts';

/** One stage for the tests of a file; a browser, a gateway and its worker on a busy machine take their time. */
export function sharedStage(env: Readonly<Record<string, string>> = {}): () => Stage {
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } });
  let stage: Stage | null = null;
  beforeAll(async () => {
    stage = await openStage(env);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());
  return () => {
    if (stage === null) throw new TypeError('The stage is not open yet');
    return stage;
  };
}
