import { expect, test } from 'vitest';
import { OPEN, runNode } from './child.ts';

/** The modules of the AWS SDK that are loaded when a storage is opened. */
const loadedFor = async (place: string) => {
  const told = await runNode(`
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { openStorage, parseStorage } = { ...await import(${OPEN}), ...await import(${OPEN.replace('open.ts', 'place.ts')}) };
    await using storage = await openStorage(parseStorage(${JSON.stringify(place)}).place);
    console.log(loaded.filter((url) => /@(?:aws-sdk|smithy)/.test(url)).length);`);
  return Number(told);
};

test('a folder loads nothing of the AWS SDK', async () => {
  expect(await loadedFor('/tmp/nowhere')).toBe(0);
  expect(await loadedFor('s3://bundles?region=eu-central-1')).toBeGreaterThan(0);
});
