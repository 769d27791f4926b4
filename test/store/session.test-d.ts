import { expectTypeOf, test } from 'vitest';
import type { Reader, Writer } from '../../src/store/session.ts';

test('a reader has no way to write', () => {
  expectTypeOf<keyof Reader>().toEqualTypeOf<'query' | 'copyOut' | 'isIdle'>();
  expectTypeOf<Writer>().toExtend<Reader>();
  expectTypeOf<Reader>().not.toExtend<Writer>();
});
