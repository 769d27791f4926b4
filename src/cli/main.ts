#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// A command runs once: V8 collects early instead of letting its heap grow, and a million rows then need no more memory than
// ten thousand (docs/benchmarks.md). A server is better off with the heap it takes.
if (!['serve', 'demo', 'work'].includes(process.argv[2] ?? '')) {
  setFlagsFromString('--optimize-for-size');
  // V8 lets go of the bytes behind young buffers only when they are 32 MB, whatever its heap is.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
  setInterval(() => collect({ type: 'minor' }), 20).unref();
}

// Compiled code is kept between runs: a command starts in half the time. It must be on before anything else is loaded.
enableCompileCache();
await import('./program.ts');
