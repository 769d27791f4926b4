/**
 * Fields that show no item, and who gets them. `Type.*` stands for all fields of a type. What is neither here, nor made from
 * the catalogue, nor part of a page is refused by the matrix: nobody has said who gets it.
 */
export const PLAIN_FIELDS: Readonly<Record<string, string>> = {
  'Query.catalogue': 'Whoever is authenticated.',
  'Query.fieldAccess': 'Whoever is authenticated.',
  'Query.findSubjects':
    'Staff and apps who have said what for, and the person; whom they reach. Not auditors and administrators.',
  'Query.grants': "Staff: their own; those who decide: the operator's.",
  'Query.instructions': "The customer's own staff, privacy staff and administrators.",
  'Query.policy': 'Whoever is authenticated.',
  'Query.subject':
    'Staff and apps who have said what for, and the person; whom they reach. Not auditors and administrators.',
  'Query.tenant': 'Whoever is authenticated.',
  'Query.viewer': 'Whoever is authenticated.',

  'Mutation.requestGrant': 'Staff, for themselves.',
  'Mutation.approveGrant': 'A second person of the operator.',
  'Mutation.refuseGrant': 'A second person of the operator.',
  'Mutation.recordInstruction': "The customer's own staff, and administrators who name the document.",
  'Mutation.revokeInstruction': "The customer's own staff, and administrators.",
  'Viewer.*': 'Whoever asks, of themselves.',
  'Tenant.*': 'Whoever is authenticated, of their own operator.',

  'Subject.id':
    'Whoever reaches the person: the person, the staff and apps of the operator, staff of the only customer.',
  'Subject.createdAt': 'Whoever reaches the person.',
  'Subject.extension': 'Whoever reaches the person; each field within is an entry below.',
  'Subject.bundle': 'The person and privacy staff.',
  'Subject.bundleEstimate': 'The person and privacy staff.',
  'BundleEstimate.*': 'The person and privacy staff.',
  'Subject.holdings': 'The person; others, of those kinds of rows of which they get something.',
  'Subject.accessLog': 'The person and privacy staff.',
  'Holding.*': 'As Subject.holdings; a count only where the operator itself may confirm it.',
  'AccessLogEntry.*': 'As Subject.accessLog.',
  'RowRetention.*': 'Whoever gets the row.',

  'BundleEntry.*': 'The person and privacy staff.',
  'DataSubjectRequest.*': 'The person and privacy staff.',
  'LegalHold.*': 'The person and privacy staff.',
  'PortabilityBundle.*': 'The person and privacy staff.',
  'ProcessingInstruction.*': 'The person and privacy staff.',
  'Session.*': 'The person and privacy staff.',

  'AccessGrant.*': 'Who asked for the grant, and those of the operator who decide.',
  'Instruction.*': "The customer's own staff, privacy staff and administrators.",

  'Policy.*': 'Whoever is authenticated: it is public.',
  'Purpose.*': 'Whoever is authenticated.',
  'LawfulBasis.*': 'Whoever is authenticated.',
  'Recipient.*': 'Whoever is authenticated.',
  'RetentionRule.*': 'Whoever is authenticated.',
  'Right.*': 'Whoever is authenticated.',
  'Item.*': 'Whoever is authenticated.',
  'ItemRole.*': 'Whoever is authenticated.',
  'Dataset.*': 'Whoever is authenticated; secrets are not listed.',
  'CatalogueField.*': 'Whoever is authenticated; secrets are not listed.',
  'FieldAccess.*': 'Whoever asks, of themselves.',
  'PageInfo.*': 'Whoever gets the page.',
};
