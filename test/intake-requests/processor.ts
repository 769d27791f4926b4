import { randomUUID } from 'node:crypto';
import type { Signer } from '../../src/bundle/sign/jws.ts';
import type { StatementType } from '../../src/bundle/sign/statement.ts';
import { readStatement } from '../../src/bundle/sign/statement.ts';
import { workProcessorRequests } from '../../src/delivery/processing/work.ts';
import { statusDocumentSchema, type StatusDocument } from '../../src/delivery/processing/statements.ts';
import { addPerson } from '../graphql/people.ts';
import { openExchange, type Exchange } from '../transmission/exchange.ts';

/** What the processor answered, and what it signed of that. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly body: StatusDocument & { readonly statement: string };
  /** Null where nothing was signed by the processor's own key. */
  signed(): Promise<StatusDocument | null>;
}

export interface Asked {
  readonly claims?: object;
  readonly signer?: Signer;
  readonly type?: StatementType;
  readonly path?: string;
  readonly method?: 'GET' | 'POST';
}

/** Alpha, a customer of beta's operator, who asks beta as its processor. */
export interface Processor extends AsyncDisposable {
  readonly at: Exchange;
  /** Files as alpha; `claims` say what is otherwise than usual. */
  file(asked?: Asked): Promise<Answered>;
  status(id: string, asked?: Asked): Promise<Answered>;
  /** What a document says when beta signed it. */
  read(jws: string): Promise<StatusDocument | null>;
  /** Does what is due. */
  work(): Promise<void>;
  /** Records an instruction of alpha's; without it, alpha has none. */
  instruct(exportAllowed?: boolean): Promise<void>;
}

export const email = (value: string) => ({ type: 'email', value });

/** The customer `cust` has the person `ann`; the person `ben` is of nobody's. */
export async function openProcessor(): Promise<Processor> {
  await using parts = new AsyncDisposableStack();
  const at = parts.use(await openExchange({ sender: { organisation: 'cust' } }));
  const { prisma } = at.beta.at;
  const receive = at.beta.transmissions.receive;
  if (receive === null) throw new TypeError('Beta takes nothing in');
  for (const id of ['ann', 'ben']) await addPerson(prisma, 'cp', id);
  const own = { tenantId: 'cp', sourceSystem: 'test' } as const;
  for (const id of ['cust', 'rival']) await prisma.organisation.create({ data: { ...own, id, name: id } });
  await prisma.membership.create({
    data: { ...own, id: 'm_ann', subjectId: 'ann', organisationId: 'cust', role: 'USER' },
  });
  await prisma.membership.create({
    data: { ...own, id: 'm_ben', subjectId: 'ben', organisationId: 'rival', role: 'USER' },
  });
  const speak = async (
    stated: object,
    { claims, signer, type, path = '', method = 'POST' }: Asked,
  ): Promise<Answered> => {
    const signs = signer ?? (await at.alpha.transmissions.send.signing.active());
    const jws = await signs.state(type ?? 'carryall-request+jws', {
      iss: 'alpha',
      aud: `${at.line.url}/intake/requests`,
      iat: Math.floor(at.clock.now().getTime() / 1000),
      jti: randomUUID(),
      tenant: 'cp',
      ...stated,
      ...claims,
    });
    const response = await fetch(`${at.line.url}/intake/requests${path}`, {
      method,
      headers: { authorization: `Carryall ${jws}` },
    });
    const text = await response.text();
    const body = JSON.parse(text) as Answered['body'];
    return { status: response.status, text, body, signed: () => read(body.statement) };
  };
  const read = async (jws: string): Promise<StatusDocument | null> => {
    const keys = await receive.signing.published();
    return statusDocumentSchema.safeParse(await readStatement(jws, 'carryall-request-status+jws', keys)).data ?? null;
  };
  const later = parts.move();
  return {
    at,
    read,
    file: (asked = {}) =>
      speak({ act: 'FILE', type: 'access', identity: email('ann@example.org'), request: randomUUID() }, asked),
    status: (id, asked = {}) => speak({ act: 'STATUS', id }, { path: `/${id}`, method: 'GET', ...asked }),
    work: () => workProcessorRequests(receive, 'cp', new AbortController().signal),
    async instruct(exportAllowed = true) {
      await prisma.processingInstruction.create({
        data: {
          ...own,
          id: randomUUID(),
          organisationId: 'cust',
          items: [],
          purpose: 'DATA_SUBJECT_REQUEST',
          exportAllowed,
          validFrom: new Date('2026-01-01T00:00:00Z'),
          recordedBy: 'test',
          recordedAt: new Date('2026-01-01T00:00:00Z'),
        },
      });
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}
