import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may ask. */
export interface Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The code of the fault, as S3 names it; null when the request is signed as it should be. */
export type SignatureFault = 'AccessDenied' | 'SignatureDoesNotMatch' | 'XAmzContentSHA256Mismatch' | null;

const hex = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Checks an AWS Signature Version 4, in the header or in the query, as its documents describe it: not with the SDK's code. */
export function faultOfSignature(request: IncomingMessage, body: Buffer, account: Account, now: Date): SignatureFault {
  const url = new URL(request.url ?? '', 'http://server');
  const query = [...url.searchParams];
  const inQuery = url.searchParams.has('X-Amz-Signature');
  const claim = inQuery ? claimInQuery(url.searchParams) : claimInHeader(request);
  if (claim === null) return 'AccessDenied';
  const [keyId, day = '', region = '', service, end] = claim.credential.split('/');
  if (keyId !== account.accessKeyId || service !== 's3' || end !== 'aws4_request') return 'AccessDenied';
  const at = Date.parse(claim.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!claim.date.startsWith(day) || Math.abs(now.getTime() - at) > 900_000) return 'AccessDenied';
  if (now.getTime() - at > claim.seconds * 1000 || !claim.signed.includes('host')) return 'AccessDenied';
  if (claim.payload !== 'UNSIGNED-PAYLOAD' && claim.payload !== hex(body)) return 'XAmzContentSHA256Mismatch';

  const canonical = [
    request.method,
    url.pathname,
    query
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .toSorted()
      .join('&'),
    ...claim.signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    claim.signed.join(';'),
    claim.payload,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', claim.date, `${day}/${region}/s3/aws4_request`, hex(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${account.secretAccessKey}`);
  const wanted = hmac(key, text);
  const given = Buffer.from(claim.signature, 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? null : 'SignatureDoesNotMatch';
}

interface Claim {
  readonly credential: string;
  readonly date: string;
  readonly seconds: number;
  readonly signed: readonly string[];
  readonly payload: string;
  readonly signature: string;
}

function claimInHeader({ headers }: IncomingMessage): Claim | null {
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  const [, credential, signed, signature] = parts ?? [];
  const date = headers['x-amz-date'];
  const payload = headers['x-amz-content-sha256'];
  if (credential === undefined || signed === undefined || signature === undefined) return null;
  if (typeof date !== 'string' || typeof payload !== 'string') return null;
  return { credential, date, seconds: 900, signed: signed.split(';'), payload, signature };
}

function claimInQuery(query: URLSearchParams): Claim | null {
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return null;
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: value('Credential'),
    date: value('Date'),
    seconds: Number(value('Expires')),
    signed: value('SignedHeaders').split(';'),
    payload: 'UNSIGNED-PAYLOAD',
    signature: value('Signature'),
  };
}
