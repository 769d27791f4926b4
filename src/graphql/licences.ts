import { Account, Organisation } from './account.ts';
import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

export const LicenseKey: RowsType = defineRows('LicenseKey', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({
    account: relate.one(() => Account, 'subjectId'),
    organisation: relate.one(() => Organisation, 'organisationId'),
    activations: relate.many(() => Activation, 'licenseKeyId'),
  }),
});

export const Activation: RowsType = defineRows('Activation', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ licenseKey: relate.one(() => LicenseKey, 'licenseKeyId') }),
});
