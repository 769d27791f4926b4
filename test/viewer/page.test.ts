import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { viewerAssets } from '../../src/bundle/viewer/assets.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { SAMPLE_ROWS, type SampleRows } from './sample-rows.ts';
import { layOut, type SampleOptions } from './sample.ts';

async function pageOf(options: Omit<SampleOptions, 'folder'> = {}): Promise<string> {
  using folder = openTemporaryFolder();
  return readFileSync(await layOut({ folder: folder.path, ...options }), 'utf8');
}

describe('index.html', () => {
  test('is the same for the same bundle, byte for byte', async () => {
    expect(await pageOf()).toBe(await pageOf());
  });

  test('names no address on a network, and runs nothing but its own script', async () => {
    const page = await pageOf();
    const { script, contentSecurityPolicy } = viewerAssets();
    expect(script.text.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|fetch\(|XMLHttpRequest|WebSocket|innerHTML|eval\(/,
    );
    expect(page.match(/<script>/g)?.length).toBe(1);
    expect(page).not.toMatch(/<[^>]*\son\w+=/);
    expect(contentSecurityPolicy).not.toMatch(/unsafe|https?:|\*/);
    expect(page).toContain(`content="${contentSecurityPolicy}"`);
  });

  test('has a script small enough for every bundle, whose parts share no name', () => {
    const [script, style] = [viewerAssets().script.text, viewerAssets().style.text];
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/^(?:import|export) /m);
    expect(script).not.toContain('</');
    expect(script.length).toBeLessThan(64_000);
    expect(style.length).toBeLessThan(20_000);
  });

  test('holds hostile data as data', async () => {
    const evil = '</script><script>alert(1)</script><!--\u2028';
    const rows: SampleRows = { account: [{ ...SAMPLE_ROWS['account']?.[0], fullName: evil }] };
    const page = await pageOf({ rows, operator: `${evil}$&` });
    expect(page.match(/<\/script>/g)?.length).toBe(page.match(/<script/g)?.length);
    expect(page.includes('alert(1)</')).toBe(false);
    const scripts = [...page.matchAll(/<script[\s\S]*?<\/script>/g)].map(([script]) => script);
    expect(scripts.some((script) => script.includes('\u2028'))).toBe(false);
  });

  test('takes the language of the account where none is given, and marks the document with it', async () => {
    const page = await pageOf({ language: null });
    expect(page).toContain('<html lang="nl">');
    expect(page).toContain('<title>Uw gegevens bij CallNex</title>');
    expect(page).toContain('"locale":"nl-BE"');
    expect(await pageOf({ language: 'es' })).toContain('<html lang="en">');
  });

  test.each(['CP', 'CX', 'CT', 'CN', 'CR'])('is made for the policy %s under either right', async (policy) => {
    for (const scope of ['ACCESS', 'PORTABILITY'] as const) {
      const page = await pageOf({ policy, scope, rows: { account: SAMPLE_ROWS['account'] ?? [] } });
      expect(page.includes('"information":null')).toBe(scope === 'PORTABILITY');
    }
  });
});
