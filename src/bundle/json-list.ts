/** Lines of JSON as a list in JSON, a row a line; handed in by whole lines. */
export class JsonList {
  #started = false;

  take(lines: Buffer): Buffer {
    const text = lines.toString('latin1', 0, lines.length - 1).replaceAll('\n', ',\n');
    const start = this.#started ? ',\n' : '[\n';
    this.#started = true;
    // Bytes in, the same bytes out: only line ends are touched.
    return Buffer.from(start + text, 'latin1');
  }

  end(): Buffer {
    return Buffer.from(this.#started ? '\n]\n' : '[\n]\n');
  }
}
