import { Writable } from 'node:stream';
import { buildBundle } from '../bundle/build.ts';
import { SCOPES } from '../catalogue/vocabulary.ts';
import { fixedClock } from '../clock.ts';
import { PolicyBook } from '../policy/book.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { frameOf } from './frames.ts';
import { SubjectRef } from './subject.ts';

/** The most rows that a bundle inside an answer holds; larger ones are exported as files. */
const INLINE_ROWS = 2000;

const ScopeRef = builder.enumType('BundleScope', {
  description: 'ACCESS is the copy of Art. 15, PORTABILITY the data of Art. 20.',
  values: SCOPES,
});

builder.prismaObjectField(SubjectRef, 'bundle', (t) =>
  t.field({
    type: 'JSON',
    description: `The whole bundle as one JSON document, for people with up to ${INLINE_ROWS} rows; for the person and for the operator's privacy staff.`,
    args: { scope: t.arg({ type: ScopeRef, required: true }) },
    complexity: { field: 1000 },
    select: { id: true },
    resolve: async (row, { scope }, context, info) => {
      if (!mayTakeBundles(context)) return context.privacy.withhold(info, null, 'WITHHELD');
      const { subject } = frameOf(row);
      const chunks: Buffer[] = [];
      const sink = new Writable({
        write(chunk: Buffer, _encoding, callback) {
          chunks.push(chunk);
          callback();
        },
      });
      await buildBundle(
        {
          ...context.bundles,
          pool: context.pool,
          policies: new PolicyBook([context.policy]),
          clock: fixedClock(context.now),
        },
        { ...subject, scope, format: 'JSON', maxRows: INLINE_ROWS },
        sink,
      );
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
    },
  }),
);

/** A bundle is for the person it is about, and for those at the operator who answer such requests. */
function mayTakeBundles({ actor }: GatewayContext): boolean {
  return actor.kind === 'SUBJECT' || (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null);
}
