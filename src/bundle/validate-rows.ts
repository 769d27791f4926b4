import { StringDecoder } from 'node:string_decoder';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Checks rows against their schema while their bytes flow by. */
export interface RowValidator {
  take(chunk: Buffer): void;
  /** How many rows there were. */
  end(): number;
  readonly faults: readonly string[];
}

const MOST_FAULTS = 5;

/** A validator for rows that stand one a line, in an array or alone. */
export function rowValidator(schema: unknown): RowValidator {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  formats.default(ajv);
  const validate = ajv.compile(schema as AnySchema);
  const decoder = new StringDecoder('utf8');
  const faults: string[] = [];
  let rest = '';
  let rows = 0;
  const check = (line: string): void => {
    const text = line.endsWith(',') ? line.slice(0, -1) : line;
    if (!text.startsWith('{')) return;
    rows += 1;
    const fault = faultOf(text);
    if (fault !== null && faults.length < MOST_FAULTS) faults.push(`row ${rows}: ${fault}`);
  };
  const faultOf = (text: string): string | null => {
    try {
      if (validate(JSON.parse(text))) return null;
      const [error] = validate.errors ?? [];
      return `${error?.instancePath ?? ''} ${error?.message ?? 'is not as its schema says'}`.trim();
    } catch {
      return 'is not JSON';
    }
  };
  return {
    take(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) check(line);
    },
    end() {
      check(rest);
      rest = '';
      return rows;
    },
    faults,
  };
}
