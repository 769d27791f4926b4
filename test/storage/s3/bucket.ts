import { createHash, randomBytes } from 'node:crypto';

/** What S3 keeps beside the bytes. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly encryption?: string | undefined;
  readonly kmsKey?: string | undefined;
}

export interface StoredObject extends ObjectHeaders {
  readonly body: Buffer;
  readonly etag: string;
  written: Date;
}

export interface PendingUpload extends ObjectHeaders {
  readonly key: string;
  readonly id: string;
  readonly initiated: Date;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string }>;
}

/** The answers of S3 that are faults. */
export class S3Fault extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex');

/** A bucket in memory, with the rules of S3 for uploads in parts. */
export class MemoryBucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, PendingUpload>();
  /** Of all parts but the last. Amazon's; other servers may have another. */
  smallestPart = 5 * 2 ** 20;

  begin(key: string, headers: ObjectHeaders, initiated: Date): string {
    const id = randomBytes(8).toString('hex');
    this.uploads.set(id, { ...headers, key, id, initiated, parts: new Map() });
    return id;
  }

  put(key: string, id: string, number: number, body: Buffer): string {
    if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new S3Fault(400, 'InvalidArgument');
    const etag = `"${md5(body)}"`;
    this.#upload(key, id).parts.set(number, { body, etag });
    return etag;
  }

  complete(key: string, id: string, wanted: readonly { number: number; etag: string }[], written: Date): string {
    const upload = this.#upload(key, id);
    if (wanted.length === 0) throw new S3Fault(400, 'MalformedXML');
    const bodies = wanted.map(({ number, etag }, index) => {
      const part = upload.parts.get(number);
      if (part === undefined || part.etag !== etag) throw new S3Fault(400, 'InvalidPart');
      if (index > 0 && number <= (wanted[index - 1]?.number ?? 0)) throw new S3Fault(400, 'InvalidPartOrder');
      if (index < wanted.length - 1 && part.body.length < this.smallestPart) throw new S3Fault(400, 'EntityTooSmall');
      return part.body;
    });
    const { contentType, encryption, kmsKey } = upload;
    const body = Buffer.concat(bodies);
    const etag = `"${md5(body)}-${bodies.length}"`;
    this.objects.set(key, { body, etag, written, contentType, encryption, kmsKey });
    this.uploads.delete(id);
    return etag;
  }

  abort(key: string, id: string): void {
    this.#upload(key, id);
    this.uploads.delete(id);
  }

  /** In the order of S3: by key, then by time; what follows the markers. */
  list(prefix: string, keyMarker: string, idMarker: string): PendingUpload[] {
    const all = [...this.uploads.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .toSorted((one, other) => order(one.key, other.key) || one.initiated.getTime() - other.initiated.getTime());
    if (keyMarker === '') return all;
    const at = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
    return at === -1 ? all.filter(({ key }) => key > keyMarker) : all.slice(at + 1);
  }

  object(key: string): StoredObject {
    const found = this.objects.get(key);
    if (found === undefined) throw new S3Fault(404, 'NoSuchKey');
    return found;
  }

  #upload(key: string, id: string): PendingUpload {
    const upload = this.uploads.get(id);
    if (upload === undefined || upload.key !== key) throw new S3Fault(404, 'NoSuchUpload');
    return upload;
  }
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
