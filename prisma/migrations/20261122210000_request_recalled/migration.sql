-- A request whose bundle the operator has taken back waits for the operator.
ALTER TABLE "data_subject_request"
DROP CONSTRAINT "data_subject_request_status_check",
ADD CONSTRAINT "data_subject_request_status_check" CHECK ("status" IN ('RECEIVED', 'AWAITING_IDENTITY', 'NEEDS_REVIEW',
  'INSTRUCTION_REQUIRED', 'FORWARDED', 'APPROVED', 'BUILDING', 'READY', 'DELIVERED', 'EXPIRED', 'REFUSED', 'CANCELLED', 'FAILED',
  'RECALLED'));
