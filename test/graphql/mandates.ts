import type { Actor } from '../../src/access/actor.ts';
import type { TestGateway, TenantId } from './open-gateway.ts';
import { administrator, owned } from './people.ts';

type Asking = Pick<TestGateway, 'ask'>;

/** Asks for a grant and returns its id. */
export async function askGrant(
  at: Asking,
  actor: Actor,
  wish: { readonly subject: string; readonly items: readonly string[]; readonly purpose: string },
  minutes = 30,
): Promise<string> {
  const answer = await at.ask(
    actor,
    `mutation ($subject: ID!, $items: [String!]!, $purpose: String!, $minutes: Int!) {
      requestGrant(subject: $subject, items: $items, purpose: $purpose, reason: "To hear what is wrong with it", minutes: $minutes) { id status } }`,
    { variables: { ...wish, minutes } },
  );
  const { requestGrant } = answer.data as { requestGrant: { id: string } | null };
  if (requestGrant === null) throw new Error(JSON.stringify(answer.errors));
  return requestGrant.id;
}

/** Decides on a grant; gives its status, or the code of the refusal. */
export async function decideGrant(
  at: Asking,
  actor: Actor,
  id: string,
  how: 'approveGrant' | 'refuseGrant' = 'approveGrant',
): Promise<string | undefined> {
  const answer = await at.ask(actor, `mutation ($id: ID!) { grant: ${how}(id: $id) { status } }`, {
    variables: { id },
  });
  const { grant } = answer.data as { grant: { status: string } | null };
  return grant?.status ?? answer.errors?.[0]?.extensions?.code;
}

/** A grant that a second person has approved. */
export async function giveGrant(at: Asking, actor: Actor, wish: Parameters<typeof askGrant>[2]): Promise<string> {
  const id = await askGrant(at, actor, wish);
  await decideGrant(at, administrator(actor.tenant as TenantId), id);
  return id;
}

/** A customer to whom a person belongs. */
export async function addCustomer(
  at: Pick<TestGateway, 'prisma'>,
  tenant: TenantId,
  id: string,
  people: readonly string[],
): Promise<void> {
  await at.prisma.organisation.create({ data: { tenantId: tenant, id, sourceSystem: 'test', name: `Customer ${id}` } });
  for (const person of people)
    await at.prisma.membership.create({
      data: { ...owned(tenant, person, `m_${id}_${person}`), organisationId: id, role: 'USER' },
    });
}

interface Wish {
  readonly organisation: string;
  readonly items: readonly string[];
  readonly purpose: string;
  readonly exportAllowed: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly document?: string;
}

/** Records an instruction; gives its id, or the code of the refusal. */
export async function instruct(at: Asking, actor: Actor, wish: Wish): Promise<string | undefined> {
  const answer = await at.ask(
    actor,
    `mutation ($organisation: ID!, $items: [String!]!, $purpose: String!, $exportAllowed: Boolean!, $from: DateTime!,
        $until: DateTime, $document: String) {
      recordInstruction(organisation: $organisation, items: $items, purpose: $purpose, exportAllowed: $exportAllowed,
        from: $from, until: $until, document: $document) { id } }`,
    { variables: { from: '2026-01-01T00:00:00Z', ...wish } },
  );
  const { recordInstruction } = answer.data as { recordInstruction: { id: string } | null };
  return recordInstruction?.id ?? answer.errors?.[0]?.extensions?.code;
}
