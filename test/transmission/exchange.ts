import { buildBundle } from '../../src/bundle/build.ts';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';
import type { Transmissions } from '../../src/delivery/transmission/open.ts';
import type { Partners } from '../../src/delivery/transmission/partners.ts';
import { workTransmissions } from '../../src/delivery/transmission/send.ts';
import { openMemory } from '../bundle/exporter.ts';
import { unpack, type Unpacked } from '../bundle/unpack.ts';
import { NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addCalls, addPerson, subject } from '../graphql/people.ts';
import { movingClock, type MovingClock } from '../notices/stage.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openController } from './controller.ts';
import { openCuttingProxy, type CuttingProxy } from './cutting-proxy.ts';

/** One operator with a gateway and a database of its own. */
interface Side extends AsyncDisposable {
  readonly at: TestGateway;
  readonly url: string;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly storage: BundleStorage;
  readonly transmissions: Transmissions;
  /** What no client was told of. */
  readonly faults: unknown[];
  export(subjectId: string): Promise<Unpacked>;
}

interface SideOptions {
  readonly clock: MovingClock;
  readonly partners: Partners;
  readonly publicOrigin?: string;
  readonly pieceBytes?: number;
  readonly turnMs?: number;
}

async function openSide({ clock, partners, publicOrigin, pieceBytes, turnMs }: SideOptions): Promise<Side> {
  await using parts = new AsyncDisposableStack();
  const database = await openTestDatabase();
  const { pool } = database;
  const folder = parts.use(openTemporaryFolder()).path;
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const opened = { folder, clock, partners, publicOrigin, pieceBytes, turnMs, onFault };
  const { storage, audit, sources, transmissions } = parts.use(await openController({ ...opened, pool }));
  const at = parts.use(await openGateway({ transmissions, audit, onFault, bundles: sources }, database));
  const { url } = parts.use(await at.gateway.listen({ port: 0 }));
  const later = parts.move();
  return {
    at,
    url,
    databaseUrl: database.url,
    folder,
    storage,
    transmissions,
    faults,
    async export(subjectId) {
      const memory = openMemory();
      const request = { tenantId: 'cp', subjectId, scope: 'PORTABILITY', format: 'ZIP' } as const;
      await buildBundle({ ...sources, signing: undefined }, request, memory.destination);
      return unpack(memory.bytes(), 'ZIP');
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}

/** A transmission as its person sees it. */
export interface SeenTransmission {
  readonly id: string;
  readonly status: string;
  readonly sentBytes: string;
  readonly bytes: string | null;
  readonly sha256: string | null;
  readonly receipt: string | null;
  readonly failureCode: string | null;
}

/** Alpha, who sends, and Beta, who takes in, on two databases, with a line between them that can be cut. */
export interface Exchange extends AsyncDisposable {
  readonly alpha: Side;
  readonly beta: Side;
  readonly line: CuttingProxy;
  readonly clock: MovingClock;
  /** The id of a fresh person of alpha's with calls, and of their request. */
  person(id: string): Promise<string>;
  /** Asks as the person; the transmission, or the code of the refusal. */
  transmit(subjectId: string, requestId: string, recipient?: string): Promise<SeenTransmission | string>;
  seen(subjectId: string, requestId: string): Promise<readonly SeenTransmission[]>;
  /** Does what is due, and lets time pass between tries, until nothing is under way. Returns how often. */
  work(): Promise<number>;
}

export interface ExchangeOptions {
  readonly sender?: Partial<Partners['senders'][number]>;
  readonly recipient?: Partial<Partners['recipients'][number]>;
  readonly pieceBytes?: number;
  readonly turnMs?: number;
}

const FIELDS = 'id status sentBytes bytes sha256 receipt failureCode';

export async function openExchange({ sender, recipient, pieceBytes, turnMs }: ExchangeOptions = {}): Promise<Exchange> {
  await using parts = new AsyncDisposableStack();
  const clock = movingClock(NOW.toISOString());
  const line = parts.use(await openCuttingProxy());
  const beta0: Partners['recipients'][number] = {
    name: 'beta',
    label: 'Beta',
    tenant: 'cp',
    url: `${line.url}/intake/bundles`,
    as: 'alpha',
    tenantThere: 'cp',
    keys: `${line.url}/.well-known/jwks.json`,
    ...recipient,
  };
  const alpha = parts.use(
    await openSide({
      clock,
      partners: { recipients: [beta0], senders: [] },
      ...(pieceBytes === undefined ? {} : { pieceBytes }),
      ...(turnMs === undefined ? {} : { turnMs }),
    }),
  );
  const alpha0 = {
    name: 'alpha',
    keys: `${alpha.url}/.well-known/jwks.json`,
    tenant: 'cp',
    reviewer: 'privacy-desk',
    maxBytes: 1024 ** 3,
    ...sender,
  };
  const partners = { recipients: [], senders: [alpha0] };
  const beta = parts.use(await openSide({ clock, partners, publicOrigin: line.url }));
  line.leadTo(Number(new URL(beta.url).port));
  const later = parts.move();
  const { at } = alpha;
  return {
    alpha,
    beta,
    line,
    clock,
    async person(id) {
      await addPerson(at.prisma, 'cp', id);
      await addCalls(at.prisma, 'cp', id, 40);
      const requestId = `req_of_${id}`;
      await at.prisma.dataSubjectRequest.create({
        data: {
          tenantId: 'cp',
          id: requestId,
          subjectId: id,
          right: 'PORTABILITY',
          relation: 'ACCOUNT_HOLDER',
          status: 'READY',
          channel: 'PORTAL',
          receivedAt: NOW,
          dueAt: NOW,
          language: 'nl',
        },
      });
      return requestId;
    },
    async transmit(subjectId, requestId, to = 'beta') {
      const query = `mutation ($request: ID!, $recipient: String!) { sent: transmitBundle(request: $request, recipient: $recipient) { ${FIELDS} } }`;
      const answer = await at.ask(subject('cp', subjectId), query, {
        variables: { request: requestId, recipient: to },
      });
      const { sent = null } = (answer.data ?? {}) as { sent?: SeenTransmission | null };
      return sent ?? answer.errors?.[0]?.extensions?.code ?? JSON.stringify(answer);
    },
    async seen(subjectId, requestId) {
      const query = `query ($id: ID!) { request(id: $id) { transmissions { ${FIELDS} } } }`;
      const answer = await at.ask(subject('cp', subjectId), query, { variables: { id: requestId } });
      const { request } = answer.data as { request: { transmissions: readonly SeenTransmission[] } };
      return request.transmissions;
    },
    async work() {
      for (let times = 1; ; times += 1) {
        await workTransmissions(alpha.transmissions.send, 'cp', new AbortController().signal);
        const open = await at.prisma.transmission.count({ where: { status: { in: ['BUILDING', 'SENDING'] } } });
        if (open === 0) return times;
        if (times === 200) throw new Error('It is under way for ever');
        clock.pass(6 * 3600 * 1000);
      }
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}
