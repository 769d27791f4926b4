import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { askForCopy, download, seeStatus } from './portal.ts';

const stage = sharedStage();

/** Where a request's bundle lies. */
async function fileOf(requestId: string): Promise<string> {
  const { rows } = await stage().pool.query<{ key: string }>(
    `SELECT storage_key AS key FROM portability_bundle WHERE request_id = $1`,
    [requestId],
  );
  return join(stage().folder, 'bundles', rows[0]?.key ?? '');
}

test('somebody else’s archive in the place of the person’s own is not handed out, and the operator hears of it', async () => {
  await using other = await openPage(stage());
  await signIn(stage(), other.page, 'The customer', 'callr');
  const theirs = await askForCopy(stage(), other.page);
  await seeStatus(other.page, 'Ready');

  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callnex');
  const mine = await askForCopy(stage(), page);
  await seeStatus(page, 'Ready');
  await page.getByRole('button', { name: 'Make a download link' }).click();
  const link = (await page.getByRole('link', { name: 'Open the download page' }).getAttribute('href')) ?? '';
  await cp(await fileOf(theirs), await fileOf(mine));

  const path = `${new URL(link, stage().url).href}/file`;
  const answer = await page
    .context()
    .request.get(path)
    .catch((error: unknown) => String(error));
  if (typeof answer !== 'string') {
    expect(answer.status()).toBe(500);
    expect(await answer.body()).not.toEqual(await readFile(await fileOf(theirs)));
  }
  const { rows } = await stage().pool.query(
    `SELECT b.status, (SELECT count(*)::int FROM notice n WHERE n.bundle_id = b.id AND n.kind = 'INCIDENT') > 0 AS told
     FROM portability_bundle b WHERE b.request_id = $1 ORDER BY b.created_at LIMIT 1`,
    [mine],
  );
  expect(rows).toEqual([{ status: 'QUARANTINED', told: true }]);
  // From now on nothing is served of it.
  expect((await page.goto(new URL(link, stage().url).href))?.status()).toBe(410);

  // The person need not ask anew: their own is made again.
  await page.goto(`${stage().url}/portal/requests/${mine}`);
  await page.getByRole('button', { name: 'Make a download link' }).waitFor({ timeout: 120_000 });
  expect(await readFile(await download(page))).not.toEqual(await readFile(await fileOf(theirs)));
  await page.goto(`${stage().url}/portal/requests/${mine}`);
  await page.getByText('Being made again').waitFor();
});
