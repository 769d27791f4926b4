import { ENVIRONMENT, READ_BY_LIBRARIES } from '../../src/environment.ts';
import { GAUGES } from '../../src/http/metrics/gauges.ts';
import { METRICS } from '../../src/metrics.ts';

/** The tables of docs/operations.md that follow from the code, by the name of their marks. */
function operationsTables(): Readonly<Record<string, string>> {
  const variables = Object.entries({ ...ENVIRONMENT, ...READ_BY_LIBRARIES });
  const metrics = [
    ...Object.entries(GAUGES).map(([name, { help, labels }]) => ({ name, help, labels, kind: 'gauge' })),
    ...Object.entries(METRICS).map(([name, { help, labels, kind }]) => ({
      name,
      help,
      labels,
      kind: kind.toLowerCase(),
    })),
  ];
  return {
    environment: table(
      ['variable', 'meaning'],
      variables.map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    metrics: table(
      ['metric', 'kind', 'labels', 'what'],
      metrics.map(({ name, kind, labels, help }) => [`\`${name}\``, kind, labels.join(', '), help]),
    ),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** A text with its tables put between their marks. */
export function withTables(text: string): string {
  return Object.entries(operationsTables()).reduce(
    (whole, [name, content]) =>
      whole.replace(
        new RegExp(`(<!-- ${name}: begin -->\n)[^]*?(<!-- ${name}: end -->)`),
        (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`,
      ),
    text,
  );
}
