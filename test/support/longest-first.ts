import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest. */
const LONGEST = [
  'large/zip64',
  'large/size-bomb',
  'portal/axe',
  'portal/pages',
  'docs/operations',
  'docs/readme',
  'jobs/kill-loop',
  'jobs/processes',
  'cli/commands',
  'cli/bad-input',
  'journeys/loses-the-connection',
  'journeys/asks-for-a-copy',
  'bundle/interrupted',
  'matrix/paths',
  'requests/model-based',
  'signing/command-line',
];

/** Begins with the longest files, so that at the end no worker is busy with one while the others have nothing to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      // Those that share a worker come one after another.
      return (project.config.isolate ? 0 : LONGEST.length + 1) + (index === -1 ? LONGEST.length : index);
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
