import { Organisation } from './account.ts';
import { Attachment } from './composites.ts';
import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

const file = {
  type: Attachment,
  of: { fileName: 'fileName', contentType: 'contentType', bytes: 'bytes', sha256: 'sha256', held: 'blobKey' },
};

export const CallRecord: RowsType = defineRows('CallRecord', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({
    campaign: relate.one(() => Campaign, 'campaignId'),
    recordings: relate.many(() => Recording, 'callId'),
    transcripts: relate.many(() => Transcript, 'callId'),
    analyses: relate.many(() => CallAnalysis, 'callId'),
  }),
});

/** A call of somebody else, with the subject's number at the other end. */
export const CallReceived: RowsType = defineRows('CallRecord', {
  name: 'CallAsOtherParty',
  relation: 'CALL_COUNTERPARTY',
  related: (relate) => ({ analyses: relate.many(() => AnalysisReceived, 'callId') }),
});

export const Campaign: RowsType = defineRows('Campaign', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});

export const Recording: RowsType = defineRows('Recording', {
  relation: 'ACCOUNT_HOLDER',
  composites: { audio: file },
  related: (relate) => ({
    call: relate.one(() => CallRecord, 'callId'),
    technicalFiles: relate.many(() => RecordingFile, 'recordingId'),
    transcripts: relate.many(() => Transcript, 'recordingId'),
  }),
});

const RecordingFile: RowsType = defineRows('RecordingFile', {
  relation: 'ACCOUNT_HOLDER',
  composites: { file },
  related: (relate) => ({ recording: relate.one(() => Recording, 'recordingId') }),
});

export const Transcript: RowsType = defineRows('Transcript', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({
    call: relate.one(() => CallRecord, 'callId'),
    recording: relate.one(() => Recording, 'recordingId'),
  }),
});

const CallAnalysis: RowsType = defineRows('CallAnalysis', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ call: relate.one(() => CallRecord, 'callId') }),
});

/** What was concluded of the person at the other end. */
const AnalysisReceived: RowsType = defineRows('CallAnalysis', {
  name: 'AnalysisAsOtherParty',
  relation: 'CALL_COUNTERPARTY',
});
