import { chromium, type Browser, type Page } from 'playwright-core';
import type { Actor } from '../../src/access/actor.ts';
import { signToken } from '../../src/http/token.ts';
import { NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addCalls, addPerson, owned } from '../graphql/people.ts';
import { openBrowser } from '../viewer/browser.ts';

/** A gateway that listens, with a person to look up, and a browser. */
export interface Stage extends AsyncDisposable {
  readonly at: TestGateway;
  readonly url: string;
  readonly browser: Browser;
}

export async function openStage(): Promise<Stage> {
  const parts = new AsyncDisposableStack();
  const at = parts.use(await openGateway({ graphiql: 'STAFF', onFault: (error) => console.error(error) }));
  const { url } = parts.use(await at.gateway.listen({ port: 0 }));
  const browser = parts.adopt(await openBrowser(), (opened) => opened.close());
  await addPerson(at.prisma, 'cr', 'fay', { phone: '+31205550123' });
  await at.prisma.subjectIdentifier.create({
    data: { ...owned('cr', 'fay', 'phone_fay'), kind: 'PHONE', value: '+31205550123' },
  });
  await addCalls(at.prisma, 'cr', 'fay', 3);
  return { at, url, browser, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
