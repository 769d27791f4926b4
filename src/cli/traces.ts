import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { asCode } from '../codes.ts';
import { isCarryallError } from '../errors.ts';
import { SPANS, traceWith, type SpanMaker, type SpanName } from '../spans.ts';

/** Sends spans to an OpenTelemetry collector, by its base address. */
export function otlpExporter(endpoint: string): SpanExporter {
  return new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
}

/**
 * Traces from here on, until it is disposed: then what is still to be sent is sent. No context comes in from outside, since
 * strangers would choose it, and nothing is traced by itself: spans have what `SPANS` names.
 */
export function openTraces(exporter: SpanExporter): AsyncDisposable {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'carryall' }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('carryall');
  const spans = new AsyncLocalStorage<Span>();
  const maker: SpanMaker = {
    run: (name, attributes, work) => {
      const parent = spans.getStore();
      const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
      const span = tracer.startSpan(name, { attributes: checked(name, attributes) }, context);
      return spans.run(span, async () => {
        try {
          return await work({ note: (more) => span.setAttributes(checked(name, more)) });
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: isCarryallError(error) ? error.code : 'INTERNAL' });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
  const tracing = traceWith(maker);
  return {
    [Symbol.asyncDispose]: async () => {
      tracing[Symbol.dispose]();
      // A collector that is gone keeps nobody from stopping.
      await provider.shutdown().catch(() => {});
    },
  };
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

const DIGEST = /^[0-9a-f]{64}$/;

/** The attributes that a span of this name has, whatever the caller's types say, with texts that are codes or digests. */
function checked(name: SpanName, values: Values): Record<string, string | number | boolean> {
  const names: readonly string[] = SPANS[name];
  const kept = Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined || !names.includes(key)) return [];
    return [[key, typeof value === 'string' && !DIGEST.test(value) ? asCode(value) : value] as const];
  });
  return Object.fromEntries(kept);
}
