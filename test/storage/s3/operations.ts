import type { IncomingMessage } from 'node:http';
import { S3Fault, type MemoryBucket, type StoredObject } from './bucket.ts';

export type Operation =
  | 'CREATE'
  | 'PART'
  | 'COMPLETE'
  | 'ABORT'
  | 'LIST'
  | 'OBJECTS'
  | 'COPY'
  | 'HEAD'
  | 'GET'
  | 'DELETE'
  | 'UNKNOWN';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

const BUCKET = 'bundles';

/** What is asked for, by method and query. */
export function operationOf(request: IncomingMessage): Operation {
  const { searchParams: query } = urlOf(request);
  switch (request.method) {
    case 'POST':
      return query.has('uploads') ? 'CREATE' : query.has('uploadId') ? 'COMPLETE' : 'UNKNOWN';
    case 'PUT':
      if (header(request, 'x-amz-copy-source') !== undefined) return 'COPY';
      return query.has('uploadId') && query.has('partNumber') ? 'PART' : 'UNKNOWN';
    case 'DELETE':
      return query.has('uploadId') ? 'ABORT' : 'DELETE';
    case 'GET':
      return query.has('uploads') ? 'LIST' : query.get('list-type') === '2' ? 'OBJECTS' : 'GET';
    case 'HEAD':
      return 'HEAD';
    default:
      return 'UNKNOWN';
  }
}

/** Carries a call out. Throws an S3Fault. */
export function answer(
  bucket: MemoryBucket,
  request: IncomingMessage,
  body: Buffer,
  { now, pageSize }: { readonly now: Date; readonly pageSize: number },
): Answer {
  const { pathname, searchParams: query } = urlOf(request);
  const [, name, key = ''] = /^\/([^/]+)\/?(.*)$/.exec(pathname) ?? [];
  if (name !== BUCKET) throw new S3Fault(404, 'NoSuchBucket');
  const id = query.get('uploadId') ?? '';
  switch (operationOf(request)) {
    case 'CREATE': {
      const headers = {
        contentType: header(request, 'content-type') ?? 'binary/octet-stream',
        encryption: header(request, 'x-amz-server-side-encryption'),
        kmsKey: header(request, 'x-amz-server-side-encryption-aws-kms-key-id'),
      };
      const uploadId = bucket.begin(key, headers, now);
      return xml('InitiateMultipartUploadResult', tag('Bucket', BUCKET) + tag('Key', key) + tag('UploadId', uploadId));
    }
    case 'PART':
      return ok({ etag: bucket.put(key, id, Number(query.get('partNumber')), body) });
    case 'COMPLETE': {
      const etag = bucket.complete(key, id, partsIn(body.toString()), now);
      return xml('CompleteMultipartUploadResult', tag('Key', key) + tag('ETag', etag));
    }
    case 'ABORT':
      bucket.abort(key, id);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    case 'DELETE':
      bucket.objects.delete(key);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    case 'COPY': {
      const [, from = ''] =
        /^\/?bundles\/(.*)$/.exec(decodeURIComponent(header(request, 'x-amz-copy-source') ?? '')) ?? [];
      const copied = bucket.object(from);
      bucket.objects.set(key, { ...copied, written: now });
      return xml('CopyObjectResult', tag('ETag', copied.etag));
    }
    case 'OBJECTS':
      return listObjects(bucket, query, pageSize);
    case 'LIST':
      return list(bucket, query, pageSize);
    case 'HEAD':
    case 'GET':
      return get(bucket.object(key), request, query);
    case 'UNKNOWN':
      throw new S3Fault(501, 'NotImplemented');
  }
}

function list(bucket: MemoryBucket, query: URLSearchParams, pageSize: number): Answer {
  const value = (name: string) => query.get(name) ?? '';
  const found = bucket.list(value('prefix'), value('key-marker'), value('upload-id-marker'));
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const uploads = page.map(({ key, id, initiated }) =>
    tag('Upload', tag('Key', key) + tag('UploadId', id) + tag('Initiated', initiated.toISOString())),
  );
  const more = found.length > page.length;
  const next = more ? tag('NextKeyMarker', last?.key ?? '') + tag('NextUploadIdMarker', last?.id ?? '') : '';
  return xml('ListMultipartUploadsResult', tag('IsTruncated', String(more)) + next + uploads.join(''));
}

function listObjects(bucket: MemoryBucket, query: URLSearchParams, pageSize: number): Answer {
  const after = query.get('continuation-token') ?? '';
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after);
  const page = keys.toSorted().slice(0, pageSize);
  const contents = page.map((key) =>
    tag('Contents', tag('Key', key) + tag('LastModified', bucket.object(key).written.toISOString())),
  );
  const more = keys.length > page.length ? tag('NextContinuationToken', page.at(-1) ?? '') : '';
  return xml('ListBucketResult', tag('IsTruncated', String(more !== '')) + more + contents.join(''));
}

function get(object: StoredObject, request: IncomingMessage, query: URLSearchParams): Answer {
  const { body, etag, contentType, encryption, kmsKey } = object;
  const headers = {
    etag,
    'content-type': query.get('response-content-type') ?? contentType,
    ...optional('content-disposition', query.get('response-content-disposition')),
    ...optional('cache-control', query.get('response-cache-control')),
    ...optional('x-amz-server-side-encryption', encryption),
    ...optional('x-amz-server-side-encryption-aws-kms-key-id', kmsKey),
  };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(header(request, 'range') ?? '') ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) return { status: 200, headers, body };
  if (Number(from) >= body.length) throw new S3Fault(416, 'InvalidRange');
  const end = Math.min(Number(to), body.length - 1);
  const range = { ...headers, 'content-range': `bytes ${from}-${end}/${body.length}` };
  return { status: 206, headers: range, body: body.subarray(Number(from), end + 1) };
}

function partsIn(text: string): { number: number; etag: string }[] {
  return [...text.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
    etag: (/<ETag>(.*?)<\/ETag>/.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
  }));
}

const urlOf = (request: IncomingMessage) => new URL(request.url ?? '', 'http://server');
const tag = (name: string, content: string) => `<${name}>${content}</${name}>`;
const ok = (headers: Answer['headers']): Answer => ({ status: 200, headers, body: Buffer.alloc(0) });
const xml = (name: string, content: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${tag(name, content)}`),
});

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function optional(name: string, value: string | null | undefined): Readonly<Record<string, string>> {
  return value === null || value === undefined ? {} : { [name]: value };
}
