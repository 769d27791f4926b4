import type { Dataset } from './dataset.ts';
import { link, owned, personal } from './declare.ts';

const audio = <const F extends 'file-name' | 'code' | 'number' | 'digest' | 'blob' | 'instant'>(format: F) =>
  personal(['recording.audio'], 'AUDIO', 'OBSERVED', format);
const technicalFile = <const F extends 'file-name' | 'code' | 'number' | 'digest' | 'blob'>(format: F) =>
  personal(['recording.technicalFiles'], 'AUDIO', 'OBSERVED', format);
const analysis = <
  const I extends 'call.outcome' | 'analysis.ai' | 'analysis.leadScore' | 'analysis.outcomeClass',
  const F extends 'text' | 'json' | 'number',
>(
  item: I,
  format: F,
) => personal([item], 'INFERENCE', 'INFERRED', format);

export const calls = {
  CallRecord: {
    name: 'call-records',
    title: 'Your calls',
    subjects: {
      ACCOUNT_HOLDER: 'subjectId',
      CALL_COUNTERPARTY: { counterpart: ['calledNumber', 'callingNumber', 'counterpartNumber'] },
    },
    anchor: 'startedAt',
    large: true,
    triggers: { 'call.startedAt': 'startedAt' },
    parents: { campaignId: 'Campaign' },
    fields: {
      ...owned,
      campaignId: link,
      direction: personal(
        ['call.counterpartNumber', 'call.callingNumber', 'call.calledNumber', 'call.startedAt'],
        'PERSONAL',
        'OBSERVED',
        'code',
      ),
      callingNumber: personal(['call.callingNumber'], 'THIRD_PARTY', 'OBSERVED', 'phone'),
      calledNumber: personal(['call.calledNumber'], 'THIRD_PARTY', 'OBSERVED', 'phone'),
      callerIdDisplayed: personal(['call.callerIdDisplayed'], 'PERSONAL', 'OBSERVED', 'phone'),
      counterpartNumber: personal(['call.counterpartNumber'], 'THIRD_PARTY', 'OBSERVED', 'phone'),
      // One policy lists date and time apart; both live in this column.
      startedAt: personal(['call.startedAt', 'call.date'], 'PERSONAL', 'OBSERVED', 'instant'),
      durationSeconds: personal(['call.durationSeconds'], 'PERSONAL', 'OBSERVED', 'number'),
      status: personal(['call.status'], 'PERSONAL', 'OBSERVED', 'code'),
      planTier: personal(['call.planTier'], 'PERSONAL', 'OBSERVED', 'code'),
      realtimeSessionId: personal(['realtime.session'], 'THIRD_PARTY', 'OBSERVED', 'id'),
    },
  },
  Campaign: {
    name: 'campaigns',
    title: 'Your campaigns',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      organisationId: link,
      name: personal(['campaign.name'], 'PERSONAL', 'PROVIDED', 'text'),
      recordingRetention: personal(['campaign.recordingRetention'], 'ORG', 'PROVIDED', 'period'),
    },
  },
  Recording: {
    name: 'recordings',
    title: 'Recordings of your calls',
    subjects: { ACCOUNT_HOLDER: 'subjectId', CALL_COUNTERPARTY: { parent: 'callId' } },
    anchor: 'recordedAt',
    large: true,
    triggers: { 'recording.recordedAt': 'recordedAt' },
    period: 'retentionPeriod',
    parties: 'recordedParties',
    parents: { callId: 'CallRecord' },
    fields: {
      ...owned,
      callId: link,
      recordedAt: audio('instant'),
      recordedParties: personal(['recording.recordedParties', 'recording.audio'], 'PERSONAL', 'PROVIDED', 'code'),
      retentionPeriod: personal(['campaign.recordingRetention', 'recording.audio'], 'ORG', 'PROVIDED', 'period'),
      deletedByCustomerAt: audio('instant'),
      fileName: audio('file-name'),
      contentType: audio('code'),
      bytes: audio('number'),
      sha256: audio('digest'),
      blobKey: audio('blob'),
    },
  },
  RecordingFile: {
    name: 'recording-files',
    title: 'Technical files of recordings',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    parents: { recordingId: 'Recording' },
    fields: {
      ...owned,
      recordingId: link,
      fileName: technicalFile('file-name'),
      contentType: technicalFile('code'),
      bytes: technicalFile('number'),
      sha256: technicalFile('digest'),
      blobKey: technicalFile('blob'),
    },
  },
  Transcript: {
    name: 'transcripts',
    title: 'Transcripts of your calls',
    subjects: { ACCOUNT_HOLDER: 'subjectId', CALL_COUNTERPARTY: { parent: 'callId' } },
    anchor: 'createdAt',
    large: true,
    parents: { callId: 'CallRecord', recordingId: 'Recording' },
    fields: {
      ...owned,
      callId: link,
      recordingId: link,
      text: personal(['transcript.text'], 'COMMS_CONTENT', 'DERIVED', 'text'),
      createdAt: personal(['transcript.text'], 'COMMS_CONTENT', 'DERIVED', 'instant'),
    },
  },
  CallAnalysis: {
    name: 'call-analyses',
    title: 'What was concluded from calls',
    subjects: { ACCOUNT_HOLDER: 'subjectId', CALL_COUNTERPARTY: { parent: 'callId' } },
    parents: { callId: 'CallRecord' },
    fields: {
      ...owned,
      callId: link,
      outcome: analysis('call.outcome', 'text'),
      analysis: analysis('analysis.ai', 'json'),
      leadScore: analysis('analysis.leadScore', 'number'),
      outcomeClassification: analysis('analysis.outcomeClass', 'text'),
    },
  },
} as const satisfies {
  CallRecord: Dataset<'CallRecord'>;
  Campaign: Dataset<'Campaign'>;
  Recording: Dataset<'Recording'>;
  RecordingFile: Dataset<'RecordingFile'>;
  Transcript: Dataset<'Transcript'>;
  CallAnalysis: Dataset<'CallAnalysis'>;
};
