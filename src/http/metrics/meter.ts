import { Counter, Histogram, type Registry } from 'prom-client';
import { asCode } from '../../codes.ts';
import { METRICS, type Meter, type MetricName } from '../../metrics.ts';

const MOST_SERIES = 500;

/** A meter that keeps its numbers in a registry. A metric has at most 500 series; those beyond are counted as one. */
export function createMeter(registry: Registry): Meter {
  const registers = [registry];
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  for (const [name, metric] of Object.entries(METRICS)) {
    const { help } = metric;
    const labelNames = [...metric.labels];
    if (metric.kind === 'COUNTER') counters.set(name, new Counter({ name, help, labelNames, registers }));
    else histograms.set(name, new Histogram({ name, help, labelNames, buckets: [...metric.buckets], registers }));
  }
  const series = new Map<string, Set<string>>();
  const bounded = (name: MetricName, labels: Readonly<Record<string, string>>): Record<string, string> => {
    const coded = Object.entries(labels).map(([label, value]) => [label, asCode(value)]);
    const known = series.get(name) ?? new Set();
    series.set(name, known);
    const key = JSON.stringify(coded);
    const fits = known.has(key) || known.size < MOST_SERIES;
    if (fits) known.add(key);
    return Object.fromEntries(fits ? coded : coded.map(([label]) => [label, 'OTHER'])) as Record<string, string>;
  };
  return {
    count: (name, labels, by) => counters.get(name)?.inc(bounded(name, labels), by),
    observe: (name, labels, value) => histograms.get(name)?.observe(bounded(name, labels), value),
  };
}
