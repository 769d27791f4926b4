import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createEndpoint, type EndpointWithSecret } from '../../src/notices/endpoints.ts';
import type { NoticeDesk } from '../../src/notices/send.ts';
import { withTransaction } from '../../src/store/session.ts';
import { openListener, type Listener } from './listener.ts';
import { openStage, TENANT, type Stage } from './stage.ts';

/** An operator whose systems hear of events at a listener that each test has for itself. */
export interface HookStage {
  readonly stage: Stage;
  readonly listener: Listener;
  readonly desk: NoticeDesk;
  create(url?: string, kinds?: readonly string[]): Promise<EndpointWithSecret>;
  /** Leaves a notice that a bundle is ready. */
  ready(event: string): Promise<void>;
}

/** Opens it before the tests of a file and closes it after them. */
export function hookStage(): HookStage {
  let stage: Stage;
  let listener: Listener;
  let desk: NoticeDesk;
  beforeAll(async () => {
    stage = await openStage();
    desk = { ...stage, mail: null, sms: null };
  });
  beforeEach(async () => {
    await stage.pool.query('DELETE FROM notice; DELETE FROM webhook_endpoint');
    listener = await openListener();
    return () => listener[Symbol.asyncDispose]();
  });
  afterAll(() => stage[Symbol.asyncDispose]());
  return {
    get stage() {
      return stage;
    },
    get listener() {
      return listener;
    },
    get desk() {
      return desk;
    },
    create: (url = listener.url, kinds = ['BUNDLE_READY']) =>
      withTransaction(stage.pool, TENANT, (writer) =>
        createEndpoint(stage, writer, { tenantId: TENANT, url, kinds, by: 'admin-1' }),
      ),
    ready: (event) =>
      stage.put({
        kind: 'BUNDLE_READY',
        event,
        requestId: 'req_1',
        bundleId: 'bun_1',
        linkId: 'lnk_1',
        subjectId: 'ann',
      }),
  };
}
