/** What came of a request: its body has been read, and is bytes. */
interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array | null;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * A request of the platform's kind over what came, without streams: the platform's own copies headers, makes a stream of a body
 * that is there already, and does both again whenever anything about it changes. What is seldom asked for is made then.
 */
export class ReceivedRequest extends Request {
  readonly #received: Received;
  #whole: Request | undefined;

  constructor(received: Received) {
    super('http://localhost/');
    this.#received = received;
  }

  /** The same with something changed. */
  with(changes: Partial<Received>): ReceivedRequest {
    return new ReceivedRequest({ ...this.#received, ...changes });
  }

  get #platform(): Request {
    const { url, method, headers, bytes } = this.#received;
    return (this.#whole ??= new Request(url, {
      method,
      headers,
      ...(bytes === null ? {} : { body: new Uint8Array(bytes) }),
    }));
  }

  get #text(): string {
    // As the platform decodes: a mark of the byte order is none of the text.
    return DECODER.decode(this.#received.bytes ?? undefined);
  }

  override get url(): string {
    return this.#received.url;
  }

  override get method(): string {
    return this.#received.method;
  }

  override get headers(): Headers {
    return this.#received.headers;
  }

  override get signal(): AbortSignal {
    return this.#received.signal;
  }

  override get body(): Request['body'] {
    return this.#platform.body;
  }

  override get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? false;
  }

  override async text(): Promise<string> {
    return this.#text;
  }

  override async json(): Promise<unknown> {
    return JSON.parse(this.#text);
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#platform.arrayBuffer();
  }

  override bytes(): ReturnType<Request['bytes']> {
    return this.#platform.bytes();
  }

  override blob(): Promise<Blob> {
    return this.#platform.blob();
  }

  override formData(): ReturnType<Request['formData']> {
    return this.#platform.formData();
  }

  override clone(): Request {
    return this.with({});
  }
}

const DECODER = new TextDecoder();
