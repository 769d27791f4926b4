import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const OPEN = JSON.stringify(new URL('../../src/bundle/storage/open.ts', import.meta.url).href);

/** Starts another Node with a module's text; `before` are the program and arguments that start it, such as strace. */
export function startNode(script: string, before: readonly string[] = []): ChildProcess {
  const [program, ...args] = [...before, process.execPath, '--input-type=module', '-e', script] as const;
  // One thread for files: then the calls that strace counts are those of one thread, in their order.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  return spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs another Node to its end, and returns what it printed. */
export async function runNode(script: string, before: readonly string[] = []): Promise<string> {
  const child = startNode(script, before);
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`Node ended with ${String(code)}: ${err}`);
  return out.trim();
}
