import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

// Access tokens, technical keys and push addresses are secrets: they have no type and no field.
export const IntegrationAccount: RowsType = defineRows('IntegrationAccount', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ transfers: relate.many(() => IntegrationTransfer, 'integrationAccountId') }),
});

export const IntegrationTransfer: RowsType = defineRows('IntegrationTransfer', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ integrationAccount: relate.one(() => IntegrationAccount, 'integrationAccountId') }),
});

export const Consent: RowsType = defineRows('Consent', { relation: 'ACCOUNT_HOLDER' });
