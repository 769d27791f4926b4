import { Writable } from 'node:stream';
import { REQUEST_PURPOSE } from '../access/declaration.ts';
import type { DenialReason } from '../access/visibility.ts';
import { buildBundle, type BundleSources } from '../bundle/build.ts';
import { estimateBundle, type BundleEstimate } from '../bundle/estimate.ts';
import { SCOPES } from '../catalogue/vocabulary.ts';
import { fixedClock } from '../clock.ts';
import { PolicyBook } from '../policy/book.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { opensTechnical } from './decide.ts';
import { frameOf } from './frames.ts';
import { assertFresh } from './request-mutations.ts';
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
    description: `The whole bundle as one JSON document, for people with up to ${INLINE_ROWS} rows; for the person who signed in lately, and for the operator's privacy staff who answer requests.`,
    args: { scope: t.arg({ type: ScopeRef, required: true }) },
    complexity: { field: 1000 },
    select: { id: true },
    resolve: async (row, { scope }, _request, info) => {
      const { subject, context } = frameOf(row);
      // Under a grant, too, an agent looks and takes nothing along.
      const refusal = refusalOf(context);
      if (refusal !== null) return context.privacy.withhold(info, null, refusal);
      if (context.actor.kind === 'SUBJECT') assertFresh(context);
      const chunks: Buffer[] = [];
      const sink = new Writable({
        write(chunk: Buffer, _encoding, callback) {
          chunks.push(chunk);
          callback();
        },
      });
      await buildBundle(sourcesOf(context), { ...subject, scope, format: 'JSON', maxRows: INLINE_ROWS }, sink);
      context.privacy.person.take({ scope, format: 'JSON' });
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
    },
  }),
);

const FormatRef = builder.enumType('BundleFormat', {
  description: 'ZIP is an archive with stored files, JSON one document without them.',
  values: ['ZIP', 'JSON'] as const,
});

const EstimateRef = builder.objectRef<BundleEstimate>('BundleEstimate').implement({
  description:
    'What a bundle would come to. The rows are counted; the other figures are estimates, from a sample of them.',
  fields: (t) => ({
    estimate: t.exposeBoolean('estimate', { description: 'Always true: none of these sizes is a promise.' }),
    rows: t.exposeInt('rows'),
    files: t.exposeInt('files', { description: 'As many as the manifest would list.' }),
    bytes: t.field({ type: 'Long', description: 'Unpacked.', resolve: ({ bytes }) => BigInt(bytes) }),
    packedBytes: t.field({
      type: 'Long',
      description: 'Of the archive; of a document, which is not packed, the same as its bytes.',
      resolve: ({ packedBytes }) => BigInt(packedBytes),
    }),
  }),
});

builder.prismaObjectField(SubjectRef, 'bundleEstimate', (t) =>
  t.field({
    type: EstimateRef,
    description: "How large the person's bundle would be, before it is built; for those who may take it.",
    args: {
      scope: t.arg({ type: ScopeRef, required: true }),
      format: t.arg({ type: FormatRef, required: true, defaultValue: 'ZIP' }),
    },
    complexity: { field: 1000 },
    select: { id: true },
    resolve: async (row, { scope, format }, _request, info) => {
      const { subject, context } = frameOf(row);
      const refusal = refusalOf(context);
      if (refusal !== null) return context.privacy.withhold(info, null, refusal);
      context.privacy.person.count('bundle');
      return estimateBundle(sourcesOf(context), { ...subject, scope, format });
    },
  }),
);

/** Bundles of the request's own operator, at the request's own instant. */
function sourcesOf({ bundles, pool, policy, now }: GatewayContext): BundleSources {
  return { ...bundles, pool, policies: new PolicyBook([policy]), clock: fixedClock(now) };
}

/** A bundle is for the person it is about, and for those at the operator who answer such requests while they do. */
function refusalOf(context: GatewayContext): DenialReason | null {
  if (!opensTechnical(context)) return 'WITHHELD';
  return context.actor.kind === 'SUBJECT' || context.purpose === REQUEST_PURPOSE ? null : 'PURPOSE_REQUIRED';
}
