import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openDemoProvider, type DemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { personasOf } from '../../src/cli/demo/provider/personas.ts';
import { systemClock } from '../../src/clock.ts';
import { authenticator, type Caller } from '../../src/http/authenticate.ts';
import { openIdentity, type Identity } from '../../src/http/identity/identity.ts';
import { signInPath } from '../../src/http/routes/graphiql.ts';
import type { Route } from '../../src/http/routes/route.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addCalls, addPerson, owned } from '../graphql/people.ts';
import { openBrowser, watchPage, type WatchedPage } from '../viewer/browser.ts';

/** A gateway that people sign in to, with somebody to look up, and a browser. */
export interface Stage extends AsyncDisposable {
  readonly at: TestGateway;
  readonly url: string;
  readonly provider: DemoProvider;
  readonly browser: Browser;
}

const AUTH: readonly Pick<Route, 'method' | 'path'>[] = [
  { method: 'GET', path: '/auth/sign-in' },
  { method: 'GET', path: '/auth/callback' },
  { method: 'POST', path: '/auth/sign-out' },
];

/** The tenant is `cr`: Callr's policy has calls, recordings and transcripts. */
export async function openStage(): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  // Identity must know the gateway's address, which is known when it listens.
  const opened = Promise.withResolvers<{ readonly identity: Identity; readonly at: TestGateway }>();
  const routes = AUTH.map(({ method, path }): Route => ({
    method,
    path,
    handle: async (request) => {
      const { identity } = await opened.promise;
      const route = identity.routes.find((each) => each.method === method && each.path === path);
      return route?.handle(request) ?? new Response(null, { status: 404 });
    },
  }));
  const at: TestGateway = parts.use(
    await openGateway({
      graphiql: 'STAFF',
      routes,
      signIn: signInPath,
      clock: systemClock,
      authenticate: async (headers): Promise<Caller> => {
        const { identity } = await opened.promise;
        return authenticator({ identity, pool: at.pool, book: loadPolicies() })(headers);
      },
      onFault: (error) => console.error(error),
    }),
  );
  const { url } = parts.use(await at.gateway.listen({ port: 0 }));
  const provider = parts.use(
    await openDemoProvider({ port: 0, personas: personasOf('cr', 'fay@example.org'), gatewayUrl: url }),
  );
  const identity = parts.use(
    openIdentity({
      pool: at.pool,
      audit: at.audit,
      clock: systemClock,
      settings: provider.settings,
      secret: at.key.secret,
      publicOrigin: url,
    }),
  );
  opened.resolve({ identity, at });
  await addFay(at);
  const browser = parts.adopt(await openBrowser(), (each) => each.close());
  const all = parts.move();
  return { at, url, provider, browser, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

async function addFay({ prisma }: TestGateway): Promise<void> {
  await addPerson(prisma, 'cr', 'fay', { firstName: 'Fay', lastName: 'Vos', phone: '+31205550123' });
  await prisma.subjectIdentifier.create({
    data: { ...owned('cr', 'fay', 'phone_fay'), kind: 'PHONE', value: '+31205550123' },
  });
  await addCalls(prisma, 'cr', 'fay', 2);
  const recordedAt = new Date('2026-11-20T10:00:00Z');
  const recording = {
    ...owned('cr', 'fay', 'rec'),
    callId: 'call_fay_0',
    recordedAt,
    recordedParties: 'BOTH',
  } as const;
  await prisma.recording.create({
    data: { ...recording, fileName: 'call-0.mp3', contentType: 'audio/mpeg', bytes: 9000n, sha256: '0', blobKey: 'no' },
  });
  await prisma.transcript.create({
    data: {
      ...owned('cr', 'fay', 'tra'),
      callId: 'call_fay_0',
      recordingId: 'rec',
      text: 'Good morning',
      createdAt: recordedAt,
    },
  });
}

export function openPage({ browser }: Stage, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  return watchPage(browser, { permissions: ['clipboard-read', 'clipboard-write'], ...options });
}

/** From the page's address over the provider to the page. */
export async function signIn({ url }: Stage, page: Page, name: string): Promise<void> {
  await page.goto(`${url}/graphiql`);
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${url}/graphiql`);
}

/** Says why, and waits for the editor. */
export async function declare(page: Page, purpose: string, ticket: string): Promise<void> {
  await page.getByLabel('Purpose').selectOption(purpose);
  await page.getByLabel('Ticket').fill(ticket);
  await page.getByRole('button', { name: 'Open the editor' }).click();
  // The editors come after their tabs.
  await inEditor(page, 'Operation Editor', 'ByTelephone');
  await inEditor(page, 'Variables', 'identifier');
}

function inEditor(page: Page, name: string, text: string): Promise<void> {
  return page.getByRole('region', { name }).locator('.view-line').filter({ hasText: text }).first().waitFor();
}

/** Opens a look-up, types its variables, runs it, and gives the answer as the page shows it. */
export async function lookUp(page: Page, tab: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  await page.getByRole('tab', { name: tab }).click();
  await inEditor(page, 'Operation Editor', tab);
  const editor = page.getByRole('region', { name: 'Variables' });
  await editor.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+a');
  // Typed, the editor would add brackets of its own.
  await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify(variables, null, 2));
  await page.keyboard.press('Control+v');
  const answered = page.waitForResponse((response) => response.url().endsWith('/graphql') && response.status() < 500);
  await page.getByRole('button', { name: /Execute query/ }).click();
  const text = await (await answered).text();
  await page.getByRole('region', { name: 'Result Window' }).getByText('"data"').waitFor();
  return text;
}

/** A second person signs in, in a browser of her own, and approves a grant. */
export async function approve(stage: Stage, id: string): Promise<unknown> {
  await using open = await openPage(stage);
  await signIn(stage, open.page, 'Petra Privacy');
  return await open.page.evaluate(async (query) => {
    const headers = {
      'content-type': 'application/json',
      'x-carryall-csrf': '1',
      'x-carryall-purpose': 'DATA_SUBJECT_REQUEST',
      'x-carryall-ticket': 'SUP-4711',
    };
    const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
    return (await answer.json()) as unknown;
  }, `mutation { approveGrant(id: "${id}") { status } }`);
}
