/** Rows of an invented person at CallNex, by dataset; a column that is not given is empty. */
export type SampleRows = Readonly<Record<string, readonly SampleRow[]>>;
export type SampleRow = Readonly<Record<string, unknown>>;

const CALLS = 140;

/** Calls over eleven months, an incoming one after every two outgoing ones. */
function sampleCalls(): SampleRow[] {
  return Array.from({ length: CALLS }, (_, index) => ({
    id: `call_${index}`,
    sourceSystem: 'twilio',
    direction: index % 3 === 0 ? 'INBOUND' : 'OUTBOUND',
    counterpartNumber: `+4420794605${String(index % 60).padStart(2, '0')}`,
    startedAt: new Date(Date.UTC(2026, 0, 3, 9, index) + index * index * 1_350_000).toISOString(),
    thirdParty: true,
  }));
}

export const SAMPLE_ROWS: SampleRows = {
  identifiers: [
    { id: 'identifier_1', kind: 'EMAIL', value: 'lotte.peeters@example.be', retentionStatus: 'LIVE' },
    { id: 'identifier_2', kind: 'PHONE', value: '+3225551212', thirdParty: true, retentionStatus: 'LIVE' },
  ],
  account: [
    {
      id: 'account_1',
      sourceSystem: 'ndjson',
      fullName: 'Lotte Peeters',
      email: 'lotte.peeters@example.be',
      preferredLanguage: 'nl-BE',
      preferredCurrency: 'EUR',
      status: 'ACTIVE',
      createdAt: '2025-05-20T08:00:00+00:00',
      retentionStatus: 'LIVE',
    },
  ],
  invoices: [
    {
      id: 'i1',
      number: 'CN-2026-0900',
      issuedAt: '2026-11-01T00:00:00+00:00',
      amountMinor: 9900,
      currency: 'EUR',
      paymentStatus: 'PAID',
      retentionExpiresAt: '2033-11-01T00:00:00+00:00',
      retentionStatus: 'LIVE',
    },
    {
      id: 'i2',
      number: 'CN-2026-0800',
      issuedAt: '2026-10-01T00:00:00+00:00',
      amountMinor: 120000,
      currency: 'JPY',
      paymentStatus: 'OPEN',
      retentionExpiresAt: '2033-10-01T00:00:00+00:00',
      retentionStatus: 'LIVE',
    },
  ],
  'call-records': sampleCalls(),
  campaigns: [
    { id: 'c1', name: 'Customer survey', recordingRetention: 'P30D' },
    { id: 'c2', name: 'Autumn showroom', recordingRetention: 'P90D' },
  ],
  recordings: [
    {
      id: 'r1',
      sourceSystem: 'ndjson',
      callId: 'call_2',
      recordedAt: '2026-10-05T10:00:05+00:00',
      recordedParties: 'BOTH',
      retentionPeriod: 'P30D',
      fileName: 'cn-call-2.wav',
      contentType: 'audio/wav',
      bytes: 1244,
      sha256: 'd7'.repeat(32),
      file: 'files/recordings/recording_1.wav',
      thirdParty: true,
      retentionExpiresAt: '2026-11-04T10:00:05+00:00',
      retentionStatus: 'OVERDUE',
    },
    {
      id: 'r2',
      sourceSystem: 'ndjson',
      callId: 'call_1',
      recordedAt: '2026-11-10T10:00:05+00:00',
      recordedParties: 'CALLER',
      retentionPeriod: 'P90D',
      fileName: 'cn-call-1.wav',
      contentType: 'audio/wav',
      bytes: 2_301_244,
      sha256: 'a1'.repeat(32),
      file: 'files/recordings/recording_2.wav',
      thirdParty: true,
      retentionExpiresAt: '2027-02-08T10:00:05+00:00',
      retentionStatus: 'LIVE',
    },
  ],
  'call-analyses': [
    {
      id: 'a1',
      callId: 'call_1',
      outcome: 'appointment',
      analysis: { summary: 'Wants to visit on Saturday.', sentiment: 'positive', topics: ['sofa', 'delivery'] },
      outcomeClassification: 'HOT',
    },
    { id: 'a2', callId: 'call_2', outcome: 'not interested', analysis: null, outcomeClassification: 'COLD' },
  ],
  messages: [
    {
      id: 'm1',
      ticketId: 't1',
      channel: 'CHAT',
      authorKind: 'SUBJECT',
      visibility: 'PUBLIC',
      body: 'How do I export a campaign?',
      sentAt: '2026-09-01T08:00:00+00:00',
      thirdParty: true,
      retentionStatus: 'LIVE',
    },
    {
      id: 'm2',
      ticketId: 't1',
      channel: 'CHAT',
      authorKind: 'AGENT',
      visibility: 'INTERNAL',
      body: `Asks for the third time; show her the manual. ${'The manual has a chapter on exports. '.repeat(12)}`,
      sentAt: '2026-09-01T08:20:00+00:00',
      thirdParty: true,
      retentionStatus: 'LIVE',
    },
  ],
  consents: [{ id: 's1', category: 'MARKETING', purpose: 'News about CallNex', status: 'REFUSED' }],
};
