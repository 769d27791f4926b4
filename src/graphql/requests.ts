import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

export const DataSubjectRequest: RowsType = defineRows('DataSubjectRequest', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({
    steps: relate.many(() => RequestStep, 'requestId'),
    decisions: relate.many(() => RoutingDecision, 'requestId'),
    bundle: relate.last(
      () => PortabilityBundle,
      'requestId',
      'What answered it, once it is there: of several, because one was lost, damaged or recalled, the last.',
    ),
  }),
});

const RequestStep: RowsType = defineRows('RequestStep', { relation: 'ACCOUNT_HOLDER' });

// That somebody has reviewed it is told, not who of the staff.
const RoutingDecision: RowsType = defineRows('RoutingDecision', { relation: 'ACCOUNT_HOLDER', hidden: ['reviewedBy'] });

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
