#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// A command runs once: V8 collects early instead of letting its heap grow, and a million rows then need no more memory than
// ten thousand (docs/benchmarks.md). A server is better off with the heap it takes.
if (!['serve', 'demo'].includes(process.argv[2] ?? '')) setFlagsFromString('--optimize-for-size');

// Compiled code is kept between runs: a command starts in half the time. It must be on before anything else is loaded.
enableCompileCache();
await import('./program.ts');
