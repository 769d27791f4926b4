import { CarryallError } from '../errors.ts';
import type { Line } from './read-lines.ts';

/** A member of a document and the bytes of its value; those of rows are the lines between the brackets. */
export interface DocumentMember {
  readonly path: string;
  readonly kind: 'ROWS' | 'PART';
  readonly start: number;
  readonly end: number;
}

const MEMBER = /^"([a-z0-9-]{1,100})":(.)/s;
const GROUP = /^"(data|context|schema)":\{$/;
const LOG = 'access-log';
const ORDER: readonly string[] = ['data', 'context', LOG, 'schema', 'information', 'manifest', 'signature'];

/**
 * Reads the grammar of a document as it is written, and no other: one object; groups of rows and of schemas; then single
 * members, in one order and each once. Rows stand one a line, each but the last with a comma behind it. Throws BAD_INPUT
 * that names the member at which something else stands.
 */
export async function readMembers(lines: AsyncGenerator<Line>): Promise<readonly DocumentMember[]> {
  const members: DocumentMember[] = [];
  let place = -1;
  expectLine(await next(lines, 'its start'), ['{'], 'its start');
  for (let more = true; more;) {
    const line = await next(lines, members.at(-1)?.path);
    const [, group] = GROUP.exec(headOf(line)) ?? [];
    const name = group ?? MEMBER.exec(headOf(line))?.[1] ?? '';
    const found = ORDER.indexOf(name);
    if (found <= place) throw broken(members.at(-1)?.path);
    place = found;
    if (group === 'schema') more = await readParts(lines, members);
    else if (group !== undefined) more = await readRowGroup(lines, group, members);
    else if (name === LOG) more = await readLog(lines, line, members);
    else more = addPart(line, name === 'signature' ? 'manifest.jws' : `${name}.json`, members);
  }
  expectLine(await next(lines, members.at(-1)?.path), ['}'], members.at(-1)?.path);
  if ((await lines.next()).done !== true) throw broken('its end');
  return members;
}

/** The members of a group of rows, up to its closing bracket; whether another member follows the group. */
async function readRowGroup(lines: AsyncGenerator<Line>, group: string, members: DocumentMember[]): Promise<boolean> {
  for (;;) {
    const opening = await next(lines, group);
    const [, name] = /^"([a-z0-9-]{1,100})":\[$/.exec(headOf(opening)) ?? [];
    if (name === undefined) throw broken(members.at(-1)?.path ?? group);
    const path = `${group}/${name}`;
    members.push(await readRows(lines, path, opening.at + opening.bytes.length + 1));
    if (expectLine(await next(lines, path), [',', ''], path) === '') return readClosing(lines, path);
  }
}

/** The access log, which others always follow. */
async function readLog(lines: AsyncGenerator<Line>, opening: Line, members: DocumentMember[]): Promise<boolean> {
  const path = `${LOG}.ndjson`;
  expectLine(opening, [`"${LOG}":[`], members.at(-1)?.path);
  members.push(await readRows(lines, path, opening.at + opening.bytes.length + 1));
  expectLine(await next(lines, path), [','], path);
  return true;
}

const COMMA = 0x2c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

async function readRows(lines: AsyncGenerator<Line>, path: string, start: number): Promise<DocumentMember> {
  let more: boolean | null = null;
  for (;;) {
    const { at, bytes } = await next(lines, path);
    if (bytes[0] === OPENING_BRACE && more !== false) {
      more = bytes.at(-1) === COMMA;
      if (!more && bytes.at(-1) !== CLOSING_BRACE) throw broken(path);
    } else {
      expectLine({ at, bytes }, [']'], path);
      if (more === true) throw broken(path);
      return { path, kind: 'ROWS', start, end: at };
    }
  }
}

async function readParts(lines: AsyncGenerator<Line>, members: DocumentMember[]): Promise<boolean> {
  for (let more = true; more;) {
    const line = await next(lines, 'schema');
    const [, name] = MEMBER.exec(headOf(line)) ?? [];
    if (name === undefined) throw broken(members.at(-1)?.path);
    more = addPart(line, `schema/${name}.schema.json`, members);
  }
  return readClosing(lines, members.at(-1)?.path);
}

/** Adds a member that stands on one line; whether a comma promises another. */
function addPart({ at, bytes }: Line, path: string, members: DocumentMember[]): boolean {
  const more = bytes.at(-1) === COMMA;
  const end = at + bytes.length - (more ? 1 : 0);
  const start = at + bytes.indexOf(':') + 1;
  const [first, last] = path === 'manifest.jws' ? '""' : '{}';
  if (bytes[start - at] !== first?.charCodeAt(0) || bytes[end - at - 1] !== last?.charCodeAt(0)) throw broken(path);
  members.push({ path, kind: 'PART', start, end });
  return more;
}

async function readClosing(lines: AsyncGenerator<Line>, path: string | undefined): Promise<boolean> {
  return expectLine(await next(lines, path), ['}', '},'], path) === '},';
}

async function next(lines: AsyncGenerator<Line>, path: string | undefined): Promise<Line> {
  const { value, done } = await lines.next();
  if (done === true) throw new CarryallError('BAD_INPUT', `it is cut off at ${path ?? 'its start'}`);
  return value;
}

function expectLine(line: Line, wanted: readonly string[], path: string | undefined): string {
  const text = headOf(line);
  if (!wanted.includes(text)) throw broken(path);
  return text;
}

/** As much of a line as tells what it is: a row or a manifest may be long. */
function headOf({ bytes }: Line): string {
  return bytes.toString('latin1', 0, 200);
}

function broken(path: string | undefined): CarryallError {
  return new CarryallError('BAD_INPUT', `at ${path ?? 'its start'} stands something that no document has there`);
}
