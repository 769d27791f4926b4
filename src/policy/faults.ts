import type { Fault } from '../errors.ts';
import { isMap, isNode, isPair, isScalar, type Document, type LineCounter } from 'yaml';

type Step = string | number;

/** Turns a path inside a document into `file:line:column path`, as near as the document reaches. */
export class Locator {
  readonly #fileName: string;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(fileName: string, document: Document, lines: LineCounter) {
    this.#fileName = fileName;
    this.#document = document;
    this.#lines = lines;
  }

  fault(path: readonly PropertyKey[], reason: string): Fault {
    const steps = path.map((step) => (typeof step === 'number' ? step : String(step)));
    const where = format(steps);
    return { path: `${this.at(this.#offset(steps))}${where === '' ? '' : ` ${where}`}`, reason };
  }

  at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#fileName}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }

  #offset(steps: readonly Step[]): number {
    for (let length = steps.length; length > 0; length -= 1) {
      const key = this.#keyOffset(steps.slice(0, length));
      if (key !== undefined) return key;
    }
    return isNode(this.#document.contents) ? (this.#document.contents.range?.[0] ?? 0) : 0;
  }

  /** A map entry is found by its key, a list entry by its first character. */
  #keyOffset(steps: readonly Step[]): number | undefined {
    const parent: unknown =
      steps.length === 1 ? this.#document.contents : this.#document.getIn(steps.slice(0, -1), true);
    const last = steps.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (entry) => isPair(entry) && isScalar(entry.key) && String(entry.key.value) === String(last),
      );
      return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    }
    const node: unknown = this.#document.getIn(steps, true);
    return isNode(node) ? node.range?.[0] : undefined;
  }
}

function format(steps: readonly Step[]): string {
  return steps.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}
