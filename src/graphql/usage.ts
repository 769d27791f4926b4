import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

// The token of a session is a secret: what is left are its two instants.
export const Session: RowsType = defineRows('Session', { relation: 'ACCOUNT_HOLDER' });
export const LoginEvent: RowsType = defineRows('LoginEvent', { relation: 'ACCOUNT_HOLDER' });
export const ApiRequestLog: RowsType = defineRows('ApiRequestLog', { relation: 'ACCOUNT_HOLDER' });
export const ServerLog: RowsType = defineRows('ServerLog', { relation: 'ACCOUNT_HOLDER' });
export const ErrorReport: RowsType = defineRows('ErrorReport', { relation: 'ACCOUNT_HOLDER' });
export const FeatureUsage: RowsType = defineRows('FeatureUsage', { relation: 'ACCOUNT_HOLDER' });
export const PageView: RowsType = defineRows('PageView', { relation: 'WEBSITE_VISITOR' });
export const UsageStatistic: RowsType = defineRows('UsageStatistic', { relation: 'ACCOUNT_HOLDER' });
