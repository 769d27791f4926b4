import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the Dockerfile says of its last stage, the image. */
export interface Image {
  readonly copied: readonly { readonly from: string; readonly path: string; readonly to: string }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly user: string;
}

/** Reads the Dockerfile. */
export function readDockerfile(): Image {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll(/^#.*\n/gm, '');
  const instructions = text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
  const of = (name: string): readonly string[] =>
    last.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());
  const list = (text = '[]'): readonly string[] => JSON.parse(text) as string[];
  return {
    copied: of('COPY').flatMap((line) => {
      const [flag = '', ...paths] = line.split(/\s+/);
      const to = paths.pop() ?? '';
      return paths.map((path) => ({ from: flag.replace('--from=', ''), path: path.replace(/^\/app\//, ''), to }));
    }),
    environment: Object.fromEntries(
      of('ENV')
        .join(' ')
        .split(/\s+/)
        .map((pair) => pair.split('=') as [string, string]),
    ),
    entrypoint: list(of('ENTRYPOINT')[0]),
    command: list(of('CMD')[0]),
    healthcheck: list(/CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0] ?? '')?.[1]),
    user: of('USER')[0] ?? '',
  };
}
