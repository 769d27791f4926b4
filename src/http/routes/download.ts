import type { Delivery } from '../../delivery/delivery.ts';
import type { GoneReason } from '../../delivery/link-row.ts';
import type { ClientCode } from '../error-codes.ts';
import { errorResponse, refusal } from '../errors.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { alarmAt, type Alarm } from './download-alarm.ts';
import { answerFile } from './download-file.ts';
import { languageAsked, linkPage, problemPage } from './download-page.ts';
import { visit, type Visit, type VisitOptions } from './download-visit.ts';
import { WORDS, type Word } from './download-words.ts';
import { languageOf } from '../../languages.ts';
import type { CarriedRoute, Method, RequestHead } from './route.ts';

export interface DownloadOptions extends VisitOptions {
  readonly delivery: Delivery;
  readonly limiter: RateLimiter;
  /** The path at which browsers sign in and from which they return; absent where nobody signs in. */
  readonly signIn?: ((returnTo: string) => string) | undefined;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly Method[];
const PATH = '/download/';
/** `/download/<token>` is the page, `/download/<token>/file` the bytes. */
const TARGET = /^\/download\/([^/]+)(\/file)?$/;

/**
 * A link of a bundle: a page that says what it leads to and uses nothing up, whoever or whatever opens it; and the bytes, for
 * its person alone.
 */
export function downloadRoute(options: DownloadOptions): CarriedRoute<RequestHead> {
  const { delivery, limiter } = options;
  const alarm = alarmAt(delivery.desk);
  return {
    methods: METHODS,
    path: `${PATH}*`,
    bodyBytes: 1,
    admit: async (head) => {
      await limiter.assertAddress(head.address);
      // A link is for reading (D-07).
      if (head.method !== 'GET' && head.method !== 'HEAD')
        throw refusal('METHOD_NOT_ALLOWED', 'A link is opened by GET.', { allow: 'GET, HEAD' });
      return head;
    },
    handle: async (request, head) => {
      const [, token = '', file] = TARGET.exec(new URL(request.url).pathname) ?? [];
      const found = await visit(options, token, head);
      await count(options, found, head, alarm);
      return answer(options, found, request, `${PATH}${token}`, file !== undefined);
    },
  };
}

/** Who is known is counted as such, and who is not by their address. */
async function count(
  { limiter }: DownloadOptions,
  found: Visit,
  { address }: RequestHead,
  alarm: Alarm,
): Promise<void> {
  if (found.kind === 'OPEN') return limiter.request(found.caller.actor);
  if (found.kind === 'FORGED' || found.kind === 'UNKNOWN') alarm.wrong(found.kind === 'FORGED' ? found.tenantId : null);
  await limiter.stranger(address);
}

async function answer(
  { delivery, signIn }: DownloadOptions,
  found: Visit,
  request: Request,
  path: string,
  isFile: boolean,
): Promise<Response> {
  const problem = problemsFor(request.headers, 'caller' in found ? found.caller : null);
  switch (found.kind) {
    case 'UNKNOWN':
      return problem('NOT_FOUND', 404, 'notFound');
    case 'FORGED':
      return problem('FORBIDDEN', 403, 'forged');
    case 'GONE':
      return problem('GONE', 410, found.reason ?? 'gone');
    case 'SIGN_IN':
    case 'STALE': {
      if (signIn !== undefined && isBrowser(request.headers)) {
        const location = `${signIn(path)}${found.kind === 'STALE' ? '&fresh=1' : ''}`;
        return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
      }
      // RFC 9470: the caller is known, and not known recently enough.
      const stale = `Bearer error="insufficient_user_authentication", max_age="${delivery.desk.limits.freshSeconds}"`;
      return problem('UNAUTHENTICATED', 401, 'signIn', {
        'www-authenticate': found.kind === 'STALE' ? stale : 'Bearer',
      });
    }
    case 'OPEN': {
      const { link, caller, by } = found;
      if (!isFile)
        return linkPage(link, caller.tenant.name, languageFor(request.headers, link.language), `${path}/file`);
      const file = await answerFile(delivery, link, by, request);
      if (file instanceof Response) return file;
      const again = { 'retry-after': '2' };
      switch (file.kind) {
        case 'GONE':
          return problem('GONE', 410, file.reason);
        case 'LOST':
          return problem('GONE', 410, 'BUNDLE');
        case 'BUSY':
          return problem('WRONG_STATE', 409, 'busy', again);
        case 'FULL':
          return problem('UNAVAILABLE', 503, 'full', again);
        case 'DAMAGED':
          return problem('INTERNAL', 500, 'damaged');
        default:
          return file satisfies never;
      }
    }
    default:
      return found satisfies never;
  }
}

type Problem = (
  code: ClientCode,
  status: number,
  word: Word | GoneReason,
  headers?: Readonly<Record<string, string>>,
) => Response;

/** Browsers get a page, all else a code. */
function problemsFor(headers: Headers, caller: { readonly tenant: { readonly name: string } } | null): Problem {
  const language = languageAsked(headers);
  return (code, status, word, more = {}) =>
    isBrowser(headers)
      ? problemPage(status, word, language, caller?.tenant.name ?? '', more)
      : errorResponse(refusal(code, WORDS.en[word].replaceAll('{operator}', 'the operator'), more));
}

function languageFor(headers: Headers, requested: string | null): ReturnType<typeof languageOf> {
  return requested === null ? languageAsked(headers) : languageOf(requested);
}

function isBrowser(headers: Headers): boolean {
  return (headers.get('accept') ?? '').includes('text/html');
}
