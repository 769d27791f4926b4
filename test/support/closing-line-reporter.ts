import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const SHOWN = 50;

/**
 * Prints what failed, a line each, and the totals as one plain line at the very end, for machines that keep the end of a log.
 */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[] = []): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const faults = [
      ...tests.filter((test) => test.result().state === 'failed').map(ofTest),
      // A file that cannot be read has no tests, and a stray error belongs to none: neither must look like success.
      ...modules.filter((module) => module.errors().length > 0).map(ofFile),
      ...unhandledErrors.map((error) => `failed: outside of any test: ${inLine([error])}`),
    ];
    const lines = [
      ...faults.slice(0, SHOWN),
      `${count('passed')} passed, ${faults.length} failed, ${count('skipped')} skipped\n`,
    ];
    // The default reporter prints its summary in the same hook, and some of it later.
    process.once('exit', () => process.stdout.write(lines.join('\n')));
  }
}

function ofTest(test: TestCase): string {
  return `failed: ${relative(process.cwd(), test.module.moduleId)} > ${test.fullName}: ${inLine(test.result().errors ?? [])}`;
}

function ofFile(module: TestModule): string {
  return `failed: ${relative(process.cwd(), module.moduleId)}: ${inLine(module.errors())}`;
}

/** What went wrong, in one line that a log can hold. */
function inLine(errors: readonly SerializedError[]): string {
  const text = errors.map(
    ({ message, stacks }) => `${message} (${stacks?.[0]?.file ?? '?'}:${stacks?.[0]?.line ?? 0})`,
  );
  return stripVTControlCharacters(text.join(' / ')).replaceAll(/\s+/g, ' ').slice(0, 800);
}
