import { isCarryallError } from '../../errors.ts';
import type { IdentityDesk } from '../../requests/identity/challenges.ts';
import { cancelHeld, readHeld } from '../../requests/identity/cancel-held.ts';
import { CODE_ISSUER } from '../../requests/identity/cooling-off.ts';
import { fileAtIntake, identifierOf, readAtIntake, sendCodeAgain } from '../../requests/identity/intake.ts';
import { proveByCode } from '../../requests/identity/prove-by-code.ts';
import { REQUEST_RIGHTS } from '../../requests/states.ts';
import { withSnapshot } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { BrowserSessions } from '../identity/browser-sessions.ts';
import { redirect } from '../identity/pages.ts';
import { principalId } from '../identity/principals.ts';
import { isSameOrigin } from '../identity/same-origin.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { refusal } from '../errors.ts';
import { languageAsked } from '../routes/download-page.ts';
import type { CarriedRoute, RequestHead } from '../routes/route.ts';
import type { IntakeLimiter } from './limits.ts';
import {
  askPage,
  cancelPage,
  codePage,
  heldPage,
  NOTHING_WRITTEN,
  wordPage,
  type FormFault,
  type Reading,
  type Written,
} from './pages.ts';

export interface IntakeOptions {
  readonly desk: IdentityDesk;
  readonly limits: IntakeLimiter;
  /** Sessions that are shorter than those of people who sign in. */
  readonly sessions: BrowserSessions;
  readonly publicOrigin: string;
  /** Where a request is watched by who has proven who they are. */
  readonly requestPath: (requestId: string) => string;
}

const BODY_BYTES = 32_768;
const LONGEST_DETAILS = 4000;
/** `/intake/<tenant>`, `/intake/<tenant>/<request>`, and what is done with that. */
const TARGET = /^\/intake\/([a-z][a-z0-9-]{0,62})(?:\/(req_[0-9a-z]{24})(?:\/(again|cancel))?)?$/;

interface Target extends Reading {
  readonly requestId: string | null;
  readonly act: 'again' | 'cancel' | null;
}

/** The way in for somebody who cannot sign in: they ask, show by a code that an address is theirs, and go on. */
export function intakeRoute(options: IntakeOptions & { readonly limiter: RateLimiter }): CarriedRoute<RequestHead> {
  return {
    methods: ['GET', 'POST'],
    path: '/intake/*',
    bodyBytes: BODY_BYTES,
    admit: async (head) => {
      await options.limiter.stranger(head.address);
      return head;
    },
    handle: async (request, { address }) => {
      const target = await targetOf(options, request);
      if (request.method === 'GET') return show(options, target);
      if (!isSameOrigin(request.headers, options.publicOrigin)) return wordPage(403, target, 'otherSite');
      return act(options, target, request, address);
    },
  };
}

async function targetOf({ desk }: IntakeOptions, request: Request): Promise<Target> {
  const [, tenantId, requestId = null, doing = null] = TARGET.exec(new URL(request.url).pathname) ?? [];
  if (tenantId === undefined) throw refusal('NOT_FOUND');
  const [tenant] = await withSnapshot(desk.pool, tenantId, (reader) =>
    reader.query<{ name: string }>(sql`SELECT name FROM tenant WHERE tenant_id = ${tenantId}`),
  );
  if (tenant === undefined) throw refusal('NOT_FOUND');
  const language = languageAsked(request.headers);
  return { tenantId, requestId, act: doing as Target['act'], operator: tenant.name, language };
}

async function show({ desk }: IntakeOptions, target: Target): Promise<Response> {
  const { tenantId, requestId } = target;
  if (requestId === null) return askPage(target, NOTHING_WRITTEN, []);
  const key = { tenantId, requestId };
  return orNotFound(target, async () => {
    const isCancel = target.act === 'cancel';
    await withSnapshot(desk.pool, tenantId, (reader) =>
      isCancel ? readHeld(desk, reader, key) : readAtIntake(reader, key),
    );
    return isCancel ? cancelPage(target, requestId) : codePage(target, requestId, { kind: 'NONE' });
  });
}

async function act(options: IntakeOptions, target: Target, request: Request, address: string): Promise<Response> {
  const { desk } = options;
  const { tenantId, requestId } = target;
  const form = new URLSearchParams(await request.text());
  if (requestId === null) return ask(options, target, form, address);
  const key = { tenantId, requestId };
  return orNotFound(target, async () => {
    switch (target.act) {
      case 'again':
        return codePage(target, requestId, { kind: (await sendCodeAgain(desk, key)) ? 'ANOTHER_SENT' : 'LOCKED' });
      case 'cancel':
        await cancelHeld(desk, key);
        return wordPage(200, target, 'cancelled');
      case null:
        return enter(options, target, request.headers, requestId, form.get('code') ?? '');
      default:
        return target.act satisfies never;
    }
  });
}

async function ask(options: IntakeOptions, target: Target, form: URLSearchParams, address: string): Promise<Response> {
  const read = (name: string): string => (form.get(name) ?? '').trim();
  const written: Written = {
    address: read('address'),
    right: read('right'),
    format: read('format'),
    details: read('details'),
  };
  const identifier = identifierOf(written.address);
  const faults = faultsOf(written, identifier === null);
  if (identifier === null || faults.length > 0) return askPage(target, written, faults);
  const seconds = await options.limits.wait(target.tenantId, identifier, address);
  if (seconds !== null) return wordPage(429, target, 'tooMany', { 'retry-after': String(seconds) });
  const { right, details, format } = written;
  const row = await fileAtIntake(options.desk, {
    tenantId: target.tenantId,
    address: identifier,
    wish: {
      right,
      format: format === 'JSON' ? 'JSON' : 'ZIP',
      language: target.language,
      passphrase: null,
      recipient: null,
      details,
    },
  });
  return redirect(`/intake/${target.tenantId}/${row.id}`);
}

function faultsOf({ right, details }: Written, isNoAddress: boolean): FormFault[] {
  const isRight = (REQUEST_RIGHTS as readonly string[]).includes(right);
  const isLong = Array.from(details).length > LONGEST_DETAILS;
  return [
    ...(isNoAddress ? [{ field: 'address', word: 'addressFault' } as const] : []),
    ...(isRight ? [] : [{ field: 'right', word: 'rightFault' } as const]),
    ...(isLong ? [{ field: 'details', word: 'detailsFault' } as const] : []),
  ];
}

async function enter(
  { desk, sessions, requestPath }: IntakeOptions,
  target: Target,
  headers: Headers,
  requestId: string,
  typed: string,
): Promise<Response> {
  const { tenantId } = target;
  const proven = await proveByCode(desk, { tenantId, requestId }, typed);
  if (proven.kind !== 'PROVEN') return codePage(target, requestId, proven);
  if (proven.heldUntil !== null) return heldPage(target, proven.heldUntil);
  const now = desk.clock.now();
  const { subjectId } = proven;
  const vouched = {
    tenant: tenantId,
    principalId: principalId(CODE_ISSUER, subjectId),
    role: { kind: 'SUBJECT', actorId: subjectId, organisationId: null },
    issuedAt: now,
  } as const;
  return redirect(requestPath(proven.requestId), await sessions.open(headers, CODE_ISSUER, vouched, now, now));
}

async function orNotFound(target: Target, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (isCarryallError(error, 'NOT_FOUND') || isCarryallError(error, 'WRONG_STATE'))
      return wordPage(404, target, 'notFound');
    throw error;
  }
}
