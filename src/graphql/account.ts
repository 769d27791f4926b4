import { defineRows } from './define-rows.ts';
import { ProcessingInstruction } from './requests.ts';
import type { RowsType } from './rows.ts';
import { Attachment } from './composites.ts';

export const Identifier: RowsType = defineRows('SubjectIdentifier', { relation: 'ACCOUNT_HOLDER' });

export const Account: RowsType = defineRows('Account', { relation: 'ACCOUNT_HOLDER' });

// No members: who else belongs to a team is theirs to tell (trap X43).
export const Organisation: RowsType = defineRows('Organisation', {
  relation: 'TEAM_MEMBER',
  related: (relate) => ({
    licenceAgreements: relate.many(() => LicenceAgreement, 'organisationId'),
    instructions: relate.many(() => ProcessingInstruction, 'organisationId'),
  }),
});

export const Membership: RowsType = defineRows('Membership', {
  relation: 'TEAM_MEMBER',
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});

export const LicenceAgreement: RowsType = defineRows('LicenceAgreement', {
  relation: 'LICENSEE_CONTACT',
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});

export const TechnicalContact: RowsType = defineRows('TechnicalContact', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});

/** A person as the technical contact that somebody else named. */
export const TechnicalContactEntry: RowsType = defineRows('TechnicalContact', {
  name: 'TechnicalContactEntry',
  relation: 'CONTACT_PERSON',
});

export const BillingContact: RowsType = defineRows('BillingContact', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});

/** A person as the billing contact that somebody else named. */
export const BillingContactEntry: RowsType = defineRows('BillingContact', {
  name: 'BillingContactEntry',
  relation: 'CONTACT_PERSON',
});

export const EndUser: RowsType = defineRows('EndUser', { relation: 'END_USER' });

export const LegalDocument: RowsType = defineRows('LegalDocument', {
  relation: 'ACCOUNT_HOLDER',
  composites: {
    file: {
      type: Attachment,
      of: { fileName: 'fileName', contentType: 'contentType', bytes: 'bytes', sha256: 'sha256', held: 'blobKey' },
    },
  },
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});
