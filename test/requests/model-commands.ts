import type fc from 'fast-check';
import { expect } from 'vitest';
import { CarryallError, isCarryallError } from '../../src/errors.ts';
import { extend } from '../../src/requests/clock.ts';
import { fileRequest } from '../../src/requests/file.ts';
import type { Filed } from '../../src/requests/filing.ts';
import { rebuild } from '../../src/requests/rebuild.ts';
import { answerByHand, approve, cancel, refuse, retry } from '../../src/requests/staff.ts';
import { fileUnproven, prove } from '../../src/requests/unproven.ts';
import { take, type Move, type RequestDesk, type Taken } from '../../src/requests/write.ts';
import { withTransaction, type Writer } from '../../src/store/session.ts';
import { ACTS, activeOf, isCopy, route, type ActName, type Model, type Modelled } from './model.ts';
import type { ModelBundles } from './model-bundles.ts';
import { filingOf } from './open-desk.ts';

/** One person at an operator of their own clock and queue. */
export interface Real {
  readonly tenant: 'cp' | 'other';
  readonly subjectId: string;
  readonly desk: RequestDesk;
  readonly builds: string[];
  readonly bundles: ModelBundles;
  /** How often each thing was possible, over all runs. */
  readonly done: Map<ActName, number>;
}

export type Command = fc.AsyncCommand<Model, Real>;

export const RIGHTS = ['ACCESS', 'PORTABILITY', 'ERASURE'] as const;

/** What is done to a request itself, and what is done with its bundle. */
type RequestAct = Exclude<ActName, BundleAct>;
type BundleAct = keyof ModelBundles & ActName;

function isOfBundle(name: ActName): name is BundleAct {
  return ['link', 'revoke', 'download', 'stale'].includes(name);
}

/** One transaction, with its entries in the audit log, and with what becomes of the bundle. */
function within(
  real: Real,
  work: (writer: Writer) => Promise<Filed | Taken>,
  name?: RequestAct,
): Promise<Filed['row']> {
  return withTransaction(real.desk.pool, real.tenant, async (writer) => {
    const taken = await work(writer);
    const { id, status } = taken.row;
    if (name === 'publish' || name === 'find') await real.bundles.ready(writer, id, name === 'publish');
    else if (status !== 'READY' && status !== 'DELIVERED') await real.bundles.away(writer, id);
    await real.desk.audit.append(writer, ...('entries' in taken ? taken.entries : [taken.entry]));
    return taken.row;
  });
}

/** Somebody asks, and is recognised or not. */
export function fileCommand(right: (typeof RIGHTS)[number], isProven: boolean): Command {
  return {
    check: () => true,
    toString: () => `${isProven ? 'file' : 'fileUnproven'}(${right})`,
    async run(model, real) {
      const filing = filingOf(real.tenant, real.subjectId, { right });
      const row = await within(real, (writer) => (isProven ? fileRequest : fileUnproven)(real.desk, writer, filing));
      const active = isProven ? activeOf(model, right) : undefined;
      if (active !== undefined) {
        expect(row.id).toBe(active.id);
        return;
      }
      const request = {
        id: row.id,
        right,
        receivedDay: model.day,
        status: 'AWAITING_IDENTITY' as const,
        attempt: 0,
        isExtended: false,
        links: 0,
        steps: [isProven ? 'FILE' : 'FILE_UNPROVEN'],
        builds: 0,
      };
      model.requests.push(request);
      if (isProven) route(model, request);
      expect(row.status).toBe(request.status);
    },
  };
}

function doneTo(
  real: Real,
  name: RequestAct,
  requestId: string,
  attempt: number,
): (writer: Writer) => Promise<Filed | Taken> {
  const { desk, tenant: tenantId, subjectId } = real;
  const by = { kind: 'SUBJECT', tenant: tenantId, subjectId } as const;
  const act = { tenantId, requestId, by };
  const step =
    (of: Move['step'], options: Partial<Move> = {}) =>
    (writer: Writer) =>
      take(desk, writer, { ...act, step: of, ...options });
  switch (name) {
    case 'prove':
      return (writer) => prove(desk, writer, act);
    case 'approve':
      return (writer) => approve(desk, writer, act);
    case 'build':
      return step('BUILD');
    case 'crash':
      return step('RELEASE', { attempt });
    case 'publish':
      return step('PUBLISH', { attempt });
    case 'zombie':
      return step('PUBLISH', { attempt: attempt - 1 });
    case 'fail':
      return step('FAIL', { changes: { failureCode: 'TEST' } });
    case 'retry':
      return (writer) => retry(desk, writer, act);
    case 'retryByStaff':
      return (writer) => retry(desk, writer, { ...act, by: { kind: 'GATEWAY', tenant: tenantId } });
    case 'lose':
      return async (writer) => {
        const taken = await rebuild(desk, writer, act);
        if (taken === null) throw new CarryallError('WRONG_STATE', 'It does not count on a bundle');
        return taken;
      };
    case 'find':
      return step('FIND');
    case 'recall':
      return step('RECALL');
    case 'expire':
      return step('EXPIRE');
    case 'cancel':
      return (writer) => cancel(desk, writer, act);
    case 'refuse':
      return (writer) => refuse(desk, writer, act, { ground: 'EXCESSIVE', answer: 'It was asked too often' });
    case 'answer':
      return (writer) => answerByHand(desk, writer, act, 'It was done as you asked');
    case 'extend':
      return (writer) => extend(desk, writer, act, 'There is very much of it');
    default:
      return name satisfies never;
  }
}

/** Something is done to one of the requests, whether or not it is possible. */
export function actCommand(name: ActName, which: number): Command {
  return {
    check: ({ requests }) => requests.length > 0,
    toString: () => `${name}(${which})`,
    async run(model, real) {
      const request = model.requests[which % model.requests.length];
      if (request === undefined) throw new TypeError('There is one');
      const { id, attempt } = request;
      const isDone = ACTS[name](model, request);
      const done: Promise<unknown> = isOfBundle(name)
        ? real.bundles[name](id)
        : within(real, doneTo(real, name, id, attempt), name);
      const outcome = await done.then(
        () => 'DONE',
        (error: unknown) => (isCarryallError(error) ? error.code : String(error)),
      );
      if (isDone) real.done.set(name, (real.done.get(name) ?? 0) + 1);
      expect(outcome, `${name} of ${request.status}`).toBe(isDone ? 'DONE' : 'WRONG_STATE');
    },
  };
}

/** Days pass. */
export function tickCommand(days: number): Command {
  return { check: () => true, toString: () => `tick(${days})`, run: async (model) => void (model.day += days) };
}

/** What comes next for a request to which nothing else happens; of what goes wrong there are commands enough. */
function nextOf({ status, right: asked, links }: Modelled): ActName | null {
  switch (status) {
    case 'AWAITING_IDENTITY':
      return 'prove';
    case 'NEEDS_REVIEW':
      return isCopy(asked) ? 'approve' : 'answer';
    case 'APPROVED':
      return 'build';
    case 'BUILDING':
      return 'publish';
    case 'READY':
      return links === 0 ? 'link' : 'download';
    case 'FAILED':
      return 'retry';
    case 'RECALLED':
      return 'retryByStaff';
    case 'DELIVERED':
      return 'expire';
    default:
      return null;
  }
}

/** One of the requests goes on as it would by itself. */
export function nextCommand(index: number): Command {
  const next = ({ requests }: Model): ActName | null => {
    const request = requests[index % requests.length];
    return request === undefined ? null : nextOf(request);
  };
  return {
    check: (model) => next(model) !== null,
    toString: () => `next(${index})`,
    async run(model, real) {
      const name = next(model);
      if (name !== null) await actCommand(name, index).run(model, real);
    },
  };
}
