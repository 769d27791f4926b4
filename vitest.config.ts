import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts';
import { LongestFirst } from './test/support/longest-first.ts';

const ALL = 'test/**/*.test.ts';

/** What changes or measures what a whole process shares, and what mostly waits for other processes: each with a process of its own. */
const ALONE = [
  'test/{bundle,cli,docs,faults,graphiql,jobs,journeys,large,operations,portal,resume,storage,store,viewer}/*.test.ts',
  'test/{door/errors,identity/provider-down,notices/signed-webhooks,receive/memory,signing/hostile,sources/large-file}.test.ts',
];

interface Files {
  readonly include: string[];
  readonly exclude: string[];
  readonly isolate: boolean;
}

const project = (name: string, files: Files): TestProjectInlineConfiguration => ({
  // As Node resolves it: otherwise Vite takes the module build of `graphql`, beside the one that its dependants load.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    name,
    ...files,
    // These end what hangs; no test is right or wrong by the speed of the machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // What tests start is compiled once.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // One more than CI has cores, since a test that waits for a server or a browser leaves its core idle.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      project('alone', { include: ALONE, exclude: [], isolate: true }),
      // Loading what the file before had loaded already would be half of their work.
      project('together', { include: [ALL], exclude: ALONE, isolate: false }),
      {
        test: {
          name: 'types',
          include: [],
          // Errors outside the type tests are for `npm run check` to tell.
          typecheck: {
            enabled: true,
            only: true,
            checker: 'tsc',
            include: ['test/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
});
