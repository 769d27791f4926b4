import { afterAll, beforeAll, expect, test } from 'vitest';
import { signToken } from '../../src/http/token.ts';
import { NOW, openGateway } from '../graphql/open-gateway.ts';
import { supportAgent } from '../graphql/people.ts';
import { approve, declare, lookUp, openPage, openStage, signIn, type Stage } from './staged.ts';

const SHOTS = process.env['CARRYALL_SHOTS'];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

test('an agent signs in, says why, looks somebody up, sees masks, gets a grant, and is refused what stays refused', async () => {
  await using open = await openPage(stage);
  const { page } = open;
  const shot = async (name: string): Promise<void> => {
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/graphiql-${name}.png` });
  };
  await signIn(stage, page, 'Sam Support');
  expect(await page.locator('.graphiql-container').count()).toBe(0);
  await shot('why');
  await declare(page, 'CR-P1', 'SUP-4711');

  const found = await lookUp(page, 'ByTelephone', { identifier: '020 555 01 23' });
  expect(JSON.parse(found)).toMatchObject({ data: { findSubjects: [{ id: 'fay', account: { firstName: 'Fay' } }] } });
  await shot('found');

  const calls = await lookUp(page, 'LastCalls', { person: 'fay' });
  expect(calls).toContain('"calledNumber":"•••001"');
  expect(calls).not.toContain('+3120555');
  const report = page.getByRole('region', { name: 'Masked and withheld' });
  await expect.poll(() => report.getByRole('status').textContent()).toMatch(/\d withheld, 2 masked, \d not there/);
  const rows = report.getByRole('row');
  await expect.poll(() => rows.filter({ hasText: 'MASKED' }).count()).toBe(2);
  expect(await rows.filter({ hasText: 'GRANT_REQUIRED' }).first().textContent()).toContain('CR-17 recording.audio');
  await page.locator('.result-window .mark-masked').first().waitFor();
  await page.locator('.result-window .mark-withheld').first().waitFor();
  await shot('masks');

  const wish = {
    items: ['CR-17'],
    purpose: 'CR-P1',
    reason: 'Sound of the call, ticket:SUP-4711',
    minutes: 30,
  };
  const asked = JSON.parse(await lookUp(page, 'AskForGrant', { person: 'fay', ...wish })) as Asked;
  expect(asked.data.requestGrant.status).toBe('ASKED');
  await shot('asked');
  expect(await lookUp(page, 'LastCalls', { person: 'fay' })).toContain('GRANT_REQUIRED');
  expect(await approve(stage, asked.data.requestGrant.id)).toEqual({ data: { approveGrant: { status: 'ACTIVE' } } });
  const granted = await lookUp(page, 'LastCalls', { person: 'fay' });
  expect(granted).toContain('"fileName":"call-0.mp3"');
  expect(granted).toContain('•••000');
  expect(granted).not.toMatch(/Good morning|\+3120555/);
  expect(await rows.filter({ hasText: 'transcript' }).first().textContent()).toContain('WITHHELD');
  await shot('granted');

  expect(open.complaints).toEqual([]);
});

interface Asked {
  readonly data: { readonly requestGrant: { readonly id: string; readonly status: string } };
}

test('nothing is asked of any other origin, and nothing that was typed outlives the page', async () => {
  await using open = await openPage(stage);
  const { page } = open;
  const sent: {
    readonly purpose: string | undefined;
    readonly reason: string | undefined;
    readonly csrf: string | undefined;
  }[] = [];
  page.on('request', (request) => {
    const headers = request.headers();
    if (!request.url().endsWith('/graphql') || request.postData()?.includes('Situation') === true) return;
    sent.push({
      purpose: headers['x-carryall-purpose'],
      reason: headers['x-carryall-ticket'],
      csrf: headers['x-carryall-csrf'],
    });
  });
  await signIn(stage, page, 'Sam Support');
  await declare(page, 'CR-P1', 'SUP-4712');
  await lookUp(page, 'ByEmail', { identifier: 'fay@example.org' });
  expect([...open.origins].toSorted()).toEqual([stage.provider.url, stage.url].toSorted());
  // The schema, what one gets of it, and the look-up.
  expect(sent).toEqual(Array.from({ length: 3 }, () => ({ purpose: 'CR-P1', reason: 'SUP-4712', csrf: '1' })));
  const kept = await page.evaluate(() => [
    JSON.stringify(Object.fromEntries(Object.entries(localStorage))),
    JSON.stringify(Object.fromEntries(Object.entries(sessionStorage))),
  ]);
  expect(kept[0]).toBe('{}');
  expect(JSON.parse(kept[1] ?? '')).toEqual({
    'carryall.declaration': '{"purpose":"CR-P1","ticket":"SUP-4712","reason":""}',
  });
  await page.reload();
  await page.getByRole('tab', { name: 'ByTelephone' }).waitFor();
  expect(await page.textContent('body')).not.toContain('fay@example.org');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  expect(open.complaints).toEqual([]);
});

test('what may be about others is listed once for a field and marked in each row', async () => {
  await using open = await openPage(stage);
  const { page } = open;
  await signIn(stage, page, 'Petra Privacy');
  await declare(page, 'DATA_SUBJECT_REQUEST', 'SUP-4713');
  await lookUp(page, 'LastCalls', { person: 'fay' });
  const rows = page.getByRole('region', { name: 'Masked and withheld' }).getByRole('row');
  await expect
    .poll(() => rows.filter({ hasText: 'THIRD_PARTY' }).allTextContents())
    .toContainEqual(expect.stringContaining('calls › nodes, each › calledNumber'));
  // The editor draws only the lines that are seen.
  await page.setViewportSize({ width: 1400, height: 2400 });
  await expect
    .poll(() => page.locator('.result-window .mark-third-party').allInnerTexts())
    .toEqual([
      '"OUTBOUND"',
      '"+31205550001"',
      '"OUTBOUND"',
      '"+31205550000"',
      expect.stringMatching(/^"Good\smorning"$/),
    ]);
  expect(open.complaints).toEqual([]);
});

test('the editors have the colours of the page, also when these change while it is open', async () => {
  await using open = await openPage(stage);
  const { page } = open;
  await page.emulateMedia({ colorScheme: 'light' });
  await signIn(stage, page, 'Sam Support');
  await declare(page, 'CR-P1', 'SUP-4713');
  await page.locator('.monaco-editor.vs').first().waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('.monaco-editor.vs-dark').first().waitFor();
  expect(await page.locator('.monaco-editor.vs').count()).toBe(0);
});

test('without a purpose and a reason there is no editor', async () => {
  await using open = await openPage(stage);
  const { page } = open;
  await signIn(stage, page, 'Sam Support');
  const go = page.getByRole('button', { name: 'Open the editor' });
  await go.click();
  await page.getByLabel('Purpose').selectOption('CR-P1');
  await go.click();
  await page.getByLabel('Reason').fill('too short');
  await go.click();
  await page.getByLabel('Ticket').fill('4711');
  await go.click();
  expect(await page.getByLabel('Ticket').evaluate((field: HTMLInputElement) => field.validationMessage)).toContain(
    'ABC-123',
  );
  expect(await page.locator('.graphiql-container').count()).toBe(0);
  await page.getByLabel('Ticket').fill('');
  await page.getByLabel('Reason').fill('No sound in calls – “since Monday”');
  await go.click();
  await page.getByRole('tab', { name: 'ByTelephone' }).waitFor();
  await page.getByText('No sound in calls - "since Monday"').waitFor();
});

test('where nobody signs in, the page asks for a token, and keeps it nowhere', async () => {
  await using at = await openGateway({ graphiql: 'EVERYBODY' });
  await using listening = await at.gateway.listen({ port: 0 });
  await using open = await openPage(stage);
  const { page } = open;
  await page.goto(`${listening.url}/graphiql`);
  const enter = async (token: string): Promise<void> => {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Go on' }).click();
  };
  await enter('not-a-token');
  await page.getByText('The token is not good.').waitFor();
  await enter(await signToken(at.key, supportAgent('cr'), 600, NOW));
  await declare(page, 'CR-P1', 'SUP-4711');
  expect(await lookUp(page, 'ByEmail', { identifier: 'fay@example.org' })).toBe('{"data":{"findSubjects":[]}}');
  expect(
    await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])),
  ).not.toContain('eyJ');
  await page.reload();
  await page.getByLabel('Token').waitFor();
});

test('the documentation says of a field its item, its sensitivity and what this role gets', async () => {
  await using open = await openPage(stage);
  const { page } = open;
  await signIn(stage, page, 'Sam Support');
  await declare(page, 'CR-P1', 'SUP-4711');
  const documented = async (field: string): Promise<string> => {
    await page.getByRole('combobox').fill(field);
    await page.getByRole('option', { name: field }).first().click();
    return (await page.locator('.graphiql-doc-explorer-content').textContent()) ?? '';
  };
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  expect(await documented('calledNumber')).toMatch(/You get it in a mask\. \(CR-\d+ call\.calledNumber, THIRD_PARTY\)/);
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/graphiql-documentation.png` });
});
