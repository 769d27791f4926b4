import type { Actor } from '../../src/access/actor.ts';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import type { TestGateway } from '../graphql/open-gateway.ts';

type Asking = Pick<TestGateway, 'ask'>;

/** A request as clients see it, as far as tests look at it. */
export interface Seen {
  readonly id: string;
  readonly right: string;
  readonly status: string;
  readonly channel: string;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly extensionReason: string | null;
  readonly refusalGround: string | null;
  readonly answer: string | null;
  readonly canCancel: boolean;
  readonly canRetry: boolean;
  readonly steps: readonly { readonly step: string; readonly actorKind: string }[];
  readonly decisions: readonly {
    readonly id: string;
    readonly role: string;
    readonly relation: string;
    readonly outcome: string;
    readonly party: string;
    readonly clauses: readonly string[];
    readonly items: readonly string[];
    readonly review: string | null;
  }[];
  readonly bundle: { readonly id: string } | null;
  readonly remedies: { readonly authority: string | null; readonly complaint: string; readonly court: string };
}

const FIELDS = `id right status channel receivedAt dueAt extensionReason refusalGround answer canCancel canRetry
  steps { step actorKind } decisions { id role relation outcome party clauses items review } bundle { id }
  remedies { authority complaint court }`;

/** What came of asking: the request, or the code of the refusal. */
export type Asked = Seen | string;

async function send(at: Asking, actor: Actor, document: string, variables: object): Promise<Asked> {
  const purpose = actor.kind === 'SUBJECT' ? undefined : REQUEST_PURPOSE;
  const answer = await at.ask(actor, document, { purpose, variables: { ...variables } });
  const { request = null } = (answer.data ?? {}) as { request?: Seen | null };
  return request ?? answer.errors?.[0]?.extensions?.code ?? JSON.stringify(answer);
}

let keys = 0;

/** Files a request under a key of its own, unless one is given. */
export function fileRequest(
  at: Asking,
  actor: Actor,
  wish: Readonly<Record<string, string>> & { readonly right: string },
): Promise<Asked> {
  keys += 1;
  return send(
    at,
    actor,
    `mutation ($right: String!, $format: String, $language: String, $passphrase: String, $details: String, $subject: ID,
        $idempotencyKey: String!) {
      request: fileRequest(right: $right, format: $format, language: $language, passphrase: $passphrase, details: $details,
        subject: $subject, idempotencyKey: $idempotencyKey) { ${FIELDS} } }`,
    { idempotencyKey: `key-${keys}`, ...wish },
  );
}

/** A request as it is there. */
export function readRequest(at: Asking, actor: Actor, id: string): Promise<Asked> {
  return send(at, actor, `query ($id: ID!) { request(id: $id) { ${FIELDS} } }`, { id });
}

const STEPS = {
  cancelRequest: '',
  retryRequest: '',
  approveRequest: '',
  forwardRequest: '',
  refuseRequest: ', ground: $ground, answer: $answer',
  extendRequest: ', reason: $reason',
  answerRequest: ', answer: $answer',
  reviewDecision: ', review: $review',
} as const;

const TYPES: Readonly<Record<string, string>> = {
  ground: 'RefusalGround!',
  answer: 'String!',
  reason: 'String!',
  review: 'DecisionReview!',
};

/** Does something with a request or a decision. */
export function act(
  at: Asking,
  actor: Actor,
  step: keyof typeof STEPS,
  id: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const declared = Object.keys(variables).map((name) => `, $${name}: ${TYPES[name] ?? ''}`);
  const document = `mutation ($id: ID!${declared.join('')}) { request: ${step}(id: $id${STEPS[step]}) { ${FIELDS} } }`;
  return send(at, actor, document, { id, ...variables });
}

/** The request that must have come of it. */
export function seen(asked: Asked): Seen {
  if (typeof asked === 'string') throw new Error(asked);
  return asked;
}
