import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  readonly until: number;
}

/** Where the demo's provider keeps what it hands out, for as long as it runs. */
export function createMemoryAdapter(): AdapterFactory {
  const models = new Map<string, Map<string, Kept>>();
  return (model) => {
    const rows = models.get(model) ?? new Map<string, Kept>();
    models.set(model, rows);
    const alive = (kept: Kept | undefined): AdapterPayload | undefined =>
      kept !== undefined && kept.until > Date.now() ? kept.payload : undefined;
    const findBy = async (matches: (payload: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> =>
      alive(rows.values().find(({ payload }) => matches(payload)));
    return {
      upsert: async (id, payload, seconds) => {
        rows.set(id, { payload, until: seconds === undefined ? Infinity : Date.now() + seconds * 1000 });
      },
      find: async (id) => alive(rows.get(id)),
      findByUid: (uid) => findBy((payload) => payload.uid === uid),
      findByUserCode: (code) => findBy((payload) => payload.userCode === code),
      consume: async (id) => {
        Object.assign(rows.get(id)?.payload ?? {}, { consumed: Math.floor(Date.now() / 1000) });
      },
      destroy: async (id) => void rows.delete(id),
      // Of every model: a code that is used twice takes the tokens with it.
      revokeByGrantId: async (grantId) => {
        for (const each of models.values())
          for (const [id, { payload }] of each) if (payload.grantId === grantId) each.delete(id);
      },
    } satisfies Adapter;
  };
}
