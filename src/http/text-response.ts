/**
 * A response of the platform's kind whose text is known whole. The platform's own makes a stream of a text, and whoever sends it
 * makes a text of the stream; of this one they take `content`.
 */
export class TextResponse extends Response {
  /** Null for a response without a body, and for one whose body is a stream. */
  readonly content: string | null;
  #whole: Response | undefined;

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(typeof body === 'string' ? null : (body ?? null), init);
    this.content = typeof body === 'string' ? body : null;
  }

  get #platform(): Response {
    return (this.#whole ??= new Response(this.content));
  }

  override get body(): Response['body'] {
    return this.content === null ? super.body : this.#platform.body;
  }

  override get bodyUsed(): boolean {
    return this.content === null ? super.bodyUsed : (this.#whole?.bodyUsed ?? false);
  }

  override text(): Promise<string> {
    return this.content === null ? super.text() : this.#platform.text();
  }

  override json(): Promise<unknown> {
    return this.content === null ? super.json() : this.#platform.json();
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.content === null ? super.arrayBuffer() : this.#platform.arrayBuffer();
  }

  override bytes(): ReturnType<Response['bytes']> {
    return this.content === null ? super.bytes() : this.#platform.bytes();
  }

  override blob(): Promise<Blob> {
    return this.content === null ? super.blob() : this.#platform.blob();
  }

  override clone(): Response {
    const { status, statusText, headers } = this;
    return this.content === null ? super.clone() : new TextResponse(this.content, { status, statusText, headers });
  }
}
