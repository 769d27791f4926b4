import type { Point } from './doom.ts';

type Sql = Extract<Point, { kind: 'SQL' }>;
type File = Extract<Point, { kind: 'FILE' }>;

/** Around the `count`th statement that begins with or holds these words, or the end of its transaction. */
export function sql(when: Sql['when'], statement: string, count = 1): Point {
  return { kind: 'SQL', when, statement, count };
}

/** Around the `count`th such call on a file whose path holds `path`. */
export function file(when: File['when'], call: string, path: string | null = null, count = 1): Point {
  return { kind: 'FILE', when, call, path, count };
}
