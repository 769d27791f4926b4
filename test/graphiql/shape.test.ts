import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declare, lookUp, openPage, openStage, signIn, type Stage } from './staged.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = process.env['CARRYALL_SHOTS'];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What axe objects to, but for what the editor itself is made of. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run({
      exclude: [['.graphiql-container'], ['.monaco-aria-container']],
    }),
  );
  const within = await page.evaluate(async () => {
    const panel = document.querySelector('.report');
    return panel === null ? [] : (await (window as unknown as { axe: typeof axe }).axe.run(panel)).violations;
  });
  return [...violations, ...within].map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

const cases = [400, 1400].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

test.each(cases)(
  'at $width pixels, $colorScheme, everything fits and axe objects to nothing of ours',
  async ({ width, colorScheme }) => {
    await using open = await openPage(stage, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const { page } = open;
    const shot = async (name: string): Promise<void> => {
      if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/graphiql-${name}-${width}-${colorScheme}.png` });
    };
    const look = async (name: string): Promise<void> => {
      await shot(name);
      expect(await objections(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    };
    await signIn(stage, page, 'Sam Support');
    await page.getByLabel('Purpose').selectOption('CR-P1');
    await look('form');
    await declare(page, 'CR-P1', 'SUP-4711');
    await lookUp(page, 'LastCalls', { person: 'fay' });
    await page.getByRole('row').first().waitFor();
    await look('result');
    const result = await page.getByRole('region', { name: 'Result Window' }).boundingBox();
    const typed = await page.getByRole('region', { name: 'Operation Editor' }).boundingBox();
    expect(Math.min(result?.width ?? 0, typed?.width ?? 0)).toBeGreaterThan(250);
    expect(Math.min(result?.height ?? 0, typed?.height ?? 0)).toBeGreaterThan(100);
  },
);
