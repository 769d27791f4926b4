import { registerHooks } from 'node:module';

/**
 * Loaded before the server of the bench, this takes the decisions out of it: every column is shown, and neither grants nor
 * instructions are asked for. Only a bench may do so, to see what they cost.
 */
const CHANGES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  '/src/graphql/decide.ts': [
    [
      'export function decide(context: GatewayContext, place: Place, words: Words): Decision {',
      "export function decide(_context: GatewayContext, _place: Place, _words: Words): Decision { return OPEN; }\nconst OPEN: Decision = { kind: 'SHOW', item: 'open', thirdParty: false, ownNumberOnly: false };\nfunction decideReally(context: GatewayContext, place: Place, words: Words): Decision {",
    ],
  ],
  '/src/graphql/person.ts': [
    ['const asksGrants = canGrantsOpen(policy, actor);', 'const asksGrants = false;'],
    ['const asksInstructions = holdsForOthers(policy);', 'const asksInstructions = false;'],
  ],
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const path = Object.keys(CHANGES).find((each) => url.endsWith(each));
    if (path === undefined) return loaded;
    let source =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    for (const [from, to] of CHANGES[path] ?? []) {
      if (!source.includes(from)) throw new Error(`${path} is no longer as the bench knows it: ${from}`);
      source = source.replace(from, to);
    }
    return { ...loaded, source };
  },
});
