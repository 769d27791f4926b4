import type { Dataset } from './dataset.ts';
import { keys, link, owned, personal, secret, source, system } from './declare.ts';

/** Where a client came from, as sign-ins and server logs keep it. */
const client = {
  ipAddress: personal(['client.ipAddress'], 'NETWORK_ID', 'OBSERVED', 'ip'),
  browser: personal(['client.browser'], 'PERSONAL', 'OBSERVED', 'text'),
  os: personal(['client.os'], 'PERSONAL', 'OBSERVED', 'text'),
  device: personal(['client.device'], 'PERSONAL', 'OBSERVED', 'text'),
} as const;

const feature = <const F extends 'text' | 'instant'>(format: F) =>
  personal(['feature.usage'], 'PERSONAL', 'OBSERVED', format);
const page = <
  const I extends 'pageview.url' | 'pageview.timeSpent' | 'pageview.referrer',
  const F extends 'url' | 'number' | 'instant',
>(
  item: I,
  format: F,
) => personal([item, 'cookie.analytics'], 'PERSONAL', 'OBSERVED', format);
const count = personal(['stats.tenantCounts'], 'AGGREGATE', 'DERIVED', 'number');

export const usage = {
  Session: {
    name: 'sessions',
    title: 'Your open sign-ins',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'createdAt',
    triggers: { 'session.expiresAt': 'expiresAt' },
    fields: {
      ...owned,
      token: secret('session.token', 'session.cookie', 'session.id'),
      createdAt: system('instant'),
      expiresAt: system('instant'),
    },
  },
  LoginEvent: {
    name: 'login-events',
    title: 'Your sign-ins',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    triggers: { 'log.occurredAt': 'occurredAt' },
    fields: { ...owned, occurredAt: personal(['login.occurredAt'], 'PERSONAL', 'OBSERVED', 'instant'), ...client },
  },
  ApiRequestLog: {
    name: 'api-requests',
    title: 'Your requests to the API',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    triggers: { 'apiRequest.occurredAt': 'occurredAt' },
    fields: {
      ...owned,
      endpoint: personal(['apilog.endpoint'], 'PERSONAL', 'OBSERVED', 'url'),
      method: personal(['apilog.method'], 'PERSONAL', 'OBSERVED', 'code'),
      statusCode: personal(['apilog.statusCode'], 'PERSONAL', 'OBSERVED', 'number'),
      occurredAt: personal(['apilog.occurredAt'], 'PERSONAL', 'OBSERVED', 'instant'),
    },
  },
  ServerLog: {
    name: 'server-logs',
    title: 'Lines of server logs that name you',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    triggers: { 'log.occurredAt': 'occurredAt' },
    fields: {
      ...owned,
      line: personal(['log.server'], 'PERSONAL', 'OBSERVED', 'text'),
      ...client,
      occurredAt: personal(['log.server'], 'PERSONAL', 'OBSERVED', 'instant'),
    },
  },
  ErrorReport: {
    name: 'error-reports',
    title: 'Fault reports from your use',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    triggers: { 'log.occurredAt': 'occurredAt' },
    fields: {
      ...owned,
      payload: personal(['error.report'], 'PERSONAL', 'OBSERVED', 'json'),
      occurredAt: personal(['error.report'], 'PERSONAL', 'OBSERVED', 'instant'),
    },
  },
  FeatureUsage: {
    name: 'feature-usage',
    title: 'Features you used',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    triggers: { 'log.occurredAt': 'occurredAt' },
    fields: {
      ...owned,
      feature: feature('text'),
      action: personal(['feature.adminAction', 'feature.usage'], 'PERSONAL', 'OBSERVED', 'text'),
      occurredAt: feature('instant'),
    },
  },
  PageView: {
    name: 'page-views',
    title: 'Pages you visited',
    subjects: { WEBSITE_VISITOR: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    triggers: { 'log.occurredAt': 'occurredAt' },
    fields: {
      ...owned,
      url: page('pageview.url', 'url'),
      timeSpentSeconds: page('pageview.timeSpent', 'number'),
      referrerUrl: page('pageview.referrer', 'url'),
      occurredAt: page('pageview.url', 'instant'),
    },
  },
  UsageStatistic: {
    name: 'usage-statistics',
    title: 'Figures derived from your use',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'periodStart',
    fields: {
      ...keys,
      subjectId: link,
      sourceSystem: source,
      organisationId: link,
      periodStart: system('instant'),
      team: personal(['stats.team'], 'THIRD_PARTY', 'DERIVED', 'json'),
      loginFrequency: personal(['login.frequency'], 'PERSONAL', 'DERIVED', 'number'),
      advisorCount: count,
      endUserCount: count,
      callCount: count,
    },
  },
} as const satisfies {
  Session: Dataset<'Session'>;
  LoginEvent: Dataset<'LoginEvent'>;
  ApiRequestLog: Dataset<'ApiRequestLog'>;
  ServerLog: Dataset<'ServerLog'>;
  ErrorReport: Dataset<'ErrorReport'>;
  FeatureUsage: Dataset<'FeatureUsage'>;
  PageView: Dataset<'PageView'>;
  UsageStatistic: Dataset<'UsageStatistic'>;
};
