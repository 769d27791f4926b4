import { Readable } from 'node:stream';
import { Assembler } from 'stream-json/assembler.js';
import { parser, type Token } from 'stream-json/parser.js';
import { CarryallError } from '../../errors.ts';
import type { InputFile, Read } from '../importer.ts';
import { isObject } from '../values/parts.ts';
import { readText, REPLACEMENT } from './text.ts';

/** The members of a document that hold its records, and which of them hold records by name rather than as a list. */
export interface Containers {
  readonly lists: readonly string[];
  readonly maps?: readonly string[];
}

type Path = readonly (string | number)[];

/**
 * The records of a JSON document, one after another, whatever its size: the elements of an array, the elements of the
 * members that `containers` names, or else the document itself. Throws IMPORT_REFUSED when it is not JSON.
 */
export async function* readDocument(file: InputFile, containers: Containers): AsyncGenerator<Read> {
  const document: Record<string, unknown> = {};
  let contained = false;
  for await (const { path, value } of elements(file, containers)) {
    const isRecord = typeof path[0] === 'number' || containers.lists.includes(path[0] ?? '') || path.length > 1;
    contained ||= isRecord;
    const place = placeOf(file.name, path);
    if (JSON.stringify(value).includes(REPLACEMENT))
      yield { kind: 'bad', place, reason: 'the record holds bytes that are not UTF-8' };
    else if (isRecord) yield { kind: 'record', place, value };
    else document[path[0] ?? ''] = value;
  }
  if (!contained && Object.keys(document).length > 0) yield* expand(document, file.name, containers);
}

/** The records of a value that is in memory: those it contains, or itself. */
export function* expand(value: unknown, place: string, containers: Containers): Generator<Read> {
  if (!isObject(value)) {
    yield { kind: 'record', place, value };
    return;
  }
  const members = containers.lists.filter((key) => Array.isArray(value[key]) || isObject(value[key]));
  const maps = (containers.maps ?? []).filter((key) => isObject(value[key]));
  if (members.length + maps.length === 0) {
    yield { kind: 'record', place, value };
    return;
  }
  for (const key of [...members, ...maps]) {
    const member = value[key];
    const isMap = maps.includes(key);
    const inside = Array.isArray(member) || isMap ? Object.entries(member as object) : [[null, member] as const];
    for (const [name, each] of inside)
      yield { kind: 'record', place: placeOf(place, name === null ? [key] : [key, name]), value: each };
  }
}

function placeOf(name: string, path: Path): string {
  return `${name}#/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
}

interface Element {
  readonly path: Path;
  readonly value: unknown;
}

async function* elements(file: InputFile, containers: Containers): AsyncGenerator<Element> {
  const walk = new Walk(containers);
  const source = Readable.from(readText(file));
  const tokens = source.pipe(parser.asStream({ streamValues: false }));
  source.on('error', (error) => tokens.destroy(error));
  try {
    for await (const token of tokens as AsyncIterable<Token>) {
      const element = walk.take(token);
      if (element !== null) yield element;
    }
  } catch (cause) {
    if (cause instanceof CarryallError) throw cause;
    throw notJson(file.name, cause);
  } finally {
    source.destroy();
    tokens.destroy();
  }
  if (!walk.finished) throw notJson(file.name);
}

function notJson(name: string, cause?: unknown): CarryallError {
  const fault = { path: name, reason: 'the document is not JSON, or is cut short' };
  return new CarryallError('IMPORT_REFUSED', `${name} is not a JSON document.`, { faults: [fault], cause });
}

/** Follows the tokens down to the elements, and puts each of these together. */
class Walk {
  readonly #containers: Containers;
  readonly #path: { readonly isArray: boolean; key: string | number }[] = [];
  #assembler: Assembler | null = null;
  finished = false;

  constructor(containers: Containers) {
    this.#containers = containers;
  }

  take(token: Token): Element | null {
    if (this.#assembler === null) {
      if (token.name === 'keyValue') {
        const top = this.#path.at(-1);
        if (top) top.key = token.value;
        return null;
      }
      if (token.name === 'endObject' || token.name === 'endArray') {
        this.#path.pop();
        this.finished = this.#path.length === 0;
        return null;
      }
      this.#step();
      if (this.#isDescended(token)) {
        this.#path.push({ isArray: token.name === 'startArray', key: -1 });
        return null;
      }
      this.#assembler = new Assembler();
    }
    this.#assembler.consume(token);
    if (!this.#assembler.done) return null;
    const value = this.#assembler.current;
    this.#assembler = null;
    this.finished = this.#path.length === 0;
    return { path: this.#path.map(({ key }) => key), value };
  }

  #step(): void {
    const top = this.#path.at(-1);
    if (top?.isArray) top.key = Number(top.key) + 1;
  }

  #isDescended({ name }: Token): boolean {
    if (name !== 'startArray' && name !== 'startObject') return false;
    const [top, ...rest] = this.#path;
    if (top === undefined) return true;
    if (rest.length > 0 || typeof top.key === 'number') return false;
    const { lists, maps = [] } = this.#containers;
    return name === 'startArray' ? lists.includes(top.key) : maps.includes(top.key);
  }
}
