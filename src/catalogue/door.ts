import type { Dataset } from './dataset.ts';
import { system } from './declare.ts';

export const door = {
  RateLimit: {
    name: 'rate-limits',
    title: 'Budgets of requests',
    subjects: {},
    fields: { key: system('digest'), points: system('number'), expire: system('number') },
  },
} as const satisfies { RateLimit: Dataset<'RateLimit'> };
