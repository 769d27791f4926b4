import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

export const DataSubjectRequest: RowsType = defineRows('DataSubjectRequest', { relation: 'ACCOUNT_HOLDER' });

// Records of the gateway's own about a person: for that person and for the operator's privacy staff.
export const LegalHold: RowsType = defineRows('LegalHold', { relation: 'ACCOUNT_HOLDER' });

export const PortabilityBundle: RowsType = defineRows('PortabilityBundle', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ entries: relate.many(() => BundleEntry, 'bundleId') }),
});

const BundleEntry: RowsType = defineRows('BundleEntry', { relation: 'ACCOUNT_HOLDER' });

// That there is one is told, not who of the staff wrote it down.
export const ProcessingInstruction: RowsType = defineRows('ProcessingInstruction', {
  relation: 'TEAM_MEMBER',
  hidden: ['recordedBy', 'revokedBy'],
});
