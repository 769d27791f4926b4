/** @import { SectionModel } from '../model.ts' */
/** @import { Row } from './values.js' */

/** @typedef {'idle' | 'loading' | 'ready' | 'failed'} StoreState */

/**
 * The rows of one section: in the page itself, or in script files beside it, which are asked for when the section is first
 * opened, the newest first. A page on a disk may not fetch, so each file calls `carryallRows` with its rows.
 */
export class RowStore {
  /** @type {readonly Row[]} */
  rows = [];
  /** @type {StoreState} */
  state = 'idle';
  /** Told whenever rows came or failed to. @type {() => void} */
  onChange = () => {};
  /** @type {(readonly Row[])[]} */
  #parts = [];

  /** @param {SectionModel} section */
  constructor(section) {
    this.section = section;
  }

  /** Loads what is not there yet. */
  async load() {
    if (this.state === 'loading' || this.state === 'ready') return;
    this.state = 'loading';
    const { id, chunks } = this.section;
    const inline = document.getElementById(`rows-${id}`)?.textContent;
    try {
      if (inline !== undefined) this.rows = parseRows(inline);
      for (let chunk = chunks; chunk >= 1; chunk -= 1) {
        if (this.#parts[chunk] === undefined) await this.#loadChunk(chunk);
        this.rows = this.#parts.flat();
        this.onChange();
      }
      this.state = 'ready';
    } catch {
      this.state = 'failed';
    }
    this.onChange();
  }

  /** @param {number} chunk */
  async #loadChunk(chunk) {
    const { id } = this.section;
    const key = `${id} ${chunk}`;
    const text = await new Promise((resolve, reject) => {
      const script = document.createElement('script');
      waiting.set(key, resolve);
      script.src = `viewer/data/${encodeURIComponent(id)}-${String(chunk).padStart(4, '0')}.js`;
      script.addEventListener('error', () => reject(new Error(key)));
      script.addEventListener('load', () => {
        if (waiting.has(key)) reject(new Error(key));
        script.remove();
      });
      document.head.append(script);
    });
    this.#parts[chunk] = parseRows(`[${String(text).trimEnd().replaceAll('\n', ',')}]`);
  }
}

/** @type {Map<string, (text: string) => void>} */
const waiting = new Map();

/** What the script files call. */
export function listenForRows() {
  Object.assign(window, {
    carryallRows: (/** @type {string} */ id, /** @type {number} */ chunk, /** @type {string} */ text) => {
      const key = `${id} ${chunk}`;
      waiting.get(key)?.(text);
      waiting.delete(key);
    },
  });
}

/** A whole number that may be too large to be held exactly is kept as its digits. */
const LARGE = /[:[,]\s*-?\d{16}/;

/**
 * @param {string} json
 * @returns {readonly Row[]}
 */
export function parseRows(json) {
  if (!LARGE.test(json)) return JSON.parse(json);
  // The third argument, the value as it is written, is younger than the types.
  const parse =
    /** @type {(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown) => readonly Row[]} */ (
      JSON.parse
    );
  return parse(json, (_key, value, context) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? value)
      : value,
  );
}
