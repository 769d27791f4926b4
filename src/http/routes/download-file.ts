import { contentTypeOf } from '../../bundle/storage/key.ts';
import { etagOf } from '../../delivery/checked-objects.ts';
import type { Delivery, Part } from '../../delivery/delivery.ts';
import type { Downloader } from '../../delivery/downloads.ts';
import { savedAs, type GoneReason, type LinkRow } from '../../delivery/link-row.ts';
import { readRange } from '../byte-range.ts';
import { weighConditions } from '../preconditions.ts';
import { onceOver } from '../web-request.ts';

/** An answer, or why there is none. */
export type FileAnswer =
  | Response
  | { readonly kind: 'GONE'; readonly reason: GoneReason }
  | { readonly kind: 'BUSY' | 'FULL' | 'LOST' | 'DAMAGED' };

/** Answers GET and HEAD of a bundle's bytes, as RFC 9110 says of ranges and conditions. Throws DATABASE_FAILED. */
export async function answerFile(
  delivery: Delivery,
  link: LinkRow,
  by: Downloader,
  { method, headers }: Pick<Request, 'method' | 'headers'>,
): Promise<FileAnswer> {
  const { bytes } = link.object;
  const told = headersOf(link);
  const { status, isRangeGood } = weighConditions(headers, told.etag);
  if (status !== 200) return new Response(null, { status, headers: told });
  // HEAD knows no ranges (14.2).
  if (method === 'HEAD') return new Response(null, { headers: { ...told, 'content-length': String(bytes) } });
  const asked = isRangeGood ? readRange(headers.get('range'), bytes) : 'WHOLE';
  if (asked === 'UNSATISFIABLE')
    return new Response(null, { status: 416, headers: { ...told, 'content-range': `bytes */${bytes}` } });
  const opened = await delivery.open(link, by, asked === 'WHOLE' ? null : asked);
  switch (opened.kind) {
    case 'BYTES':
      return onceOver(
        bytesResponse(opened.body, asked === 'WHOLE' ? null : asked, bytes, told),
        (isSent) => void opened.ended(isSent),
      );
    case 'ELSEWHERE':
      return new Response(null, {
        status: 303,
        headers: { location: opened.url, 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' },
      });
    case 'DAMAGED':
      return { kind: opened.damage === 'LOST' ? 'LOST' : 'DAMAGED' };
    case 'GONE':
    case 'BUSY':
    case 'FULL':
      return opened;
    default:
      return opened satisfies never;
  }
}

function bytesResponse(
  body: ReadableStream<Uint8Array>,
  part: Part | null,
  bytes: number,
  told: Readonly<Record<string, string>>,
): Response {
  if (part === null) return new Response(body, { headers: { ...told, 'content-length': String(bytes) } });
  const { start, end } = part;
  const range = { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${bytes}` };
  return new Response(body, { status: 206, headers: { ...told, ...range } });
}

/** What is said of a bundle however much of it is sent (D-17). */
function headersOf(link: LinkRow): { readonly etag: string } & Readonly<Record<string, string>> {
  return {
    etag: etagOf(link.object),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-disposition': `attachment; filename="${savedAs(link)}"`,
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'content-type': contentTypeOf(link.object.key),
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
  };
}
