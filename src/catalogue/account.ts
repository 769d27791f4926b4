import type { Dataset } from './dataset.ts';
import { keys, link, owned, personal, secret, source, system } from './declare.ts';

/** What a contact person's card holds, for either kind of contact. */
function contactFields<const I extends 'contact.technical' | 'contact.billing'>(item: I) {
  const entry = <const F extends 'name' | 'email' | 'phone'>(format: F) =>
    personal([item], 'THIRD_PARTY', 'PROVIDED_BY_OTHER', format);
  return {
    ...owned,
    contactSubjectId: link,
    organisationId: link,
    firstName: entry('name'),
    lastName: entry('name'),
    email: entry('email'),
    phone: entry('phone'),
  } as const;
}

const legalItems = {
  by: 'kind',
  of: { COMPANY_REGISTRATION: ['legal.registrationDocument'], OTHER: ['legal.otherDocument'] },
} as const;

export const account = {
  Account: {
    name: 'account',
    title: 'Your account',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'createdAt',
    triggers: { 'account.deletionRequestedAt': 'deletionRequestedAt', 'account.closedAt': 'closedAt' },
    fields: {
      ...owned,
      fullName: personal(['account.fullName'], 'PERSONAL', 'PROVIDED', 'name'),
      firstName: personal(['account.firstName'], 'PERSONAL', 'PROVIDED', 'name'),
      lastName: personal(['account.lastName'], 'PERSONAL', 'PROVIDED', 'name'),
      email: personal(['account.email'], 'PERSONAL', 'PROVIDED', 'email'),
      phone: personal(['account.phone'], 'PERSONAL', 'PROVIDED', 'phone'),
      preferredLanguage: personal(['account.preferredLanguage'], 'PERSONAL', 'PROVIDED', 'language'),
      preferredCurrency: personal(['account.preferredCurrency'], 'PERSONAL', 'PROVIDED', 'currency'),
      settings: personal(['account.settings'], 'PERSONAL', 'PROVIDED', 'json'),
      cookieSettings: personal(['cookie.userSettings'], 'PERSONAL', 'PROVIDED', 'json'),
      // A policy that names "information about the account" means these two; elsewhere they go with the end of the account.
      status: personal(
        ['account.info', 'account.deletionRequestedAt', 'account.closedAt'],
        'PERSONAL',
        'OBSERVED',
        'code',
      ),
      createdAt: personal(
        ['account.info', 'account.deletionRequestedAt', 'account.closedAt'],
        'PERSONAL',
        'OBSERVED',
        'instant',
      ),
      deletionRequestedAt: personal(['account.deletionRequestedAt'], 'PERSONAL', 'PROVIDED', 'instant'),
      closedAt: personal(['account.closedAt'], 'PERSONAL', 'OBSERVED', 'instant'),
      passwordHash: secret('account.passwordHash'),
    },
  },
  Organisation: {
    name: 'organisations',
    title: 'Your team or company',
    subjects: { TEAM_MEMBER: { membership: 'id' } },
    fields: {
      ...keys,
      sourceSystem: source,
      name: personal(['org.name'], 'ORG', 'PROVIDED', 'text'),
      legalName: personal(['org.legalName'], 'ORG', 'PROVIDED', 'text'),
      nameDerivedFromEmailDomain: system('flag'),
    },
  },
  Membership: {
    name: 'memberships',
    title: 'Your place in a team',
    subjects: { TEAM_MEMBER: 'subjectId' },
    fields: {
      ...owned,
      organisationId: link,
      role: personal(
        ['membership.role'],
        'PERSONAL',
        { by: 'assignedBy', of: { SELF: 'PROVIDED', ADMIN: 'PROVIDED_BY_OTHER', SYSTEM: 'GENERATED' } },
        'code',
      ),
      assignedBy: system('code'),
    },
  },
  LicenceAgreement: {
    name: 'licence-agreements',
    title: 'Your licence agreement',
    subjects: { LICENSEE_CONTACT: { membership: 'organisationId' } },
    anchor: 'startedAt',
    triggers: { 'licence.terminatedAt': 'terminatedAt' },
    fields: {
      ...keys,
      sourceSystem: source,
      organisationId: link,
      startedAt: personal(['licence.terminatedAt'], 'ORG', 'OBSERVED', 'instant'),
      terminatedAt: personal(['licence.terminatedAt'], 'ORG', 'OBSERVED', 'instant'),
    },
  },
  TechnicalContact: {
    name: 'technical-contacts',
    title: 'Technical contacts',
    subjects: { ACCOUNT_HOLDER: 'subjectId', CONTACT_PERSON: 'contactSubjectId' },
    fields: contactFields('contact.technical'),
  },
  BillingContact: {
    name: 'billing-contacts',
    title: 'Billing contacts',
    subjects: { ACCOUNT_HOLDER: 'subjectId', CONTACT_PERSON: 'contactSubjectId' },
    fields: contactFields('contact.billing'),
  },
  EndUser: {
    name: 'end-users',
    title: 'You as a customer of a licensee',
    subjects: { END_USER: 'subjectId' },
    fields: { ...owned, organisationId: link, data: personal(['enduser.data'], 'THIRD_PARTY', 'PROVIDED', 'json') },
  },
  LegalDocument: {
    name: 'legal-documents',
    title: 'Documents you handed in',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'submittedAt',
    fields: {
      ...owned,
      organisationId: link,
      kind: system('code'),
      fileName: personal(legalItems, 'THIRD_PARTY', 'PROVIDED', 'file-name'),
      contentType: personal(legalItems, 'THIRD_PARTY', 'PROVIDED', 'code'),
      bytes: personal(legalItems, 'THIRD_PARTY', 'PROVIDED', 'number'),
      sha256: personal(legalItems, 'THIRD_PARTY', 'PROVIDED', 'digest'),
      blobKey: personal(legalItems, 'THIRD_PARTY', 'PROVIDED', 'blob'),
      submittedAt: personal(legalItems, 'THIRD_PARTY', 'PROVIDED', 'instant'),
    },
  },
} as const satisfies {
  Account: Dataset<'Account'>;
  Organisation: Dataset<'Organisation'>;
  Membership: Dataset<'Membership'>;
  LicenceAgreement: Dataset<'LicenceAgreement'>;
  TechnicalContact: Dataset<'TechnicalContact'>;
  BillingContact: Dataset<'BillingContact'>;
  EndUser: Dataset<'EndUser'>;
  LegalDocument: Dataset<'LegalDocument'>;
};
