import type { Clock } from '../clock.ts';
import { identifierOf, type AuditEntry } from './entry.ts';

/*
 * Denials cost their sender nothing, so they must not cost us an entry each (L-23). The first of a kind is an entry at
 * once; its repetitions within the minute become one entry with their number. A sender of more kinds than a person could
 * cause has the rest counted together. No denial goes uncounted, and a crash loses at most the numbers of one minute.
 */
const MINUTE_MS = 60_000;
const MOST_KINDS = 50;
const MOST_SUBJECTS = 1000;

interface Window {
  readonly tenant: string;
  readonly entry: AuditEntry;
  readonly ends: number;
  repeated: number;
  /** Whose data was asked for; no more than can matter. */
  readonly subjects: Set<string>;
}

/** Counts what repeats. */
export interface Repeats {
  /** True for the first of its kind in this minute, which is to be recorded; false for one that was counted. */
  isFirst(entry: AuditEntry): boolean;
  /** Takes out the numbers of minutes that are over, or all, as entries. */
  take(which: 'OVER' | 'ALL'): readonly AuditEntry[];
}

export function openRepeats(clock: Clock): Repeats {
  const windows = new Map<string, Window>();
  const kindsOf = new Map<string, number>();
  const close = (key: string, window: Window): void => {
    windows.delete(key);
    const who = senderOf(window.entry);
    const left = (kindsOf.get(who) ?? 1) - 1;
    if (left === 0) kindsOf.delete(who);
    else kindsOf.set(who, left);
  };
  return {
    isFirst(entry) {
      const who = senderOf(entry);
      const kind = `${who} ${kindOf(entry)}`;
      const isKnown = windows.has(kind) || (kindsOf.get(who) ?? 0) < MOST_KINDS;
      const key = isKnown ? kind : `${who} others`;
      const window = windows.get(key);
      if (window !== undefined) {
        window.repeated += 1;
        if (entry.subjectId != null && window.subjects.size < MOST_SUBJECTS) window.subjects.add(entry.subjectId);
        return false;
      }
      windows.set(key, {
        tenant: entry.actor.tenant,
        entry: isKnown ? entry : { ...entry, detail: {} },
        ends: clock.now().getTime() + MINUTE_MS,
        repeated: isKnown ? 0 : 1,
        subjects: new Set(),
      });
      kindsOf.set(who, (kindsOf.get(who) ?? 0) + 1);
      return isKnown;
    },
    take(which) {
      const now = clock.now().getTime();
      const entries: AuditEntry[] = [];
      for (const [key, window] of windows) {
        if (which === 'OVER' && window.ends > now) continue;
        close(key, window);
        if (window.repeated > 0) entries.push(sumOf(window));
      }
      return entries;
    },
  };
}

/** The repetitions as one entry. It names no subject: there may be many. */
function sumOf({ entry, repeated, subjects }: Window): AuditEntry {
  const { subjectId: _subjectId, reason: _reason, ticket: _ticket, ...kind } = entry;
  return { ...kind, detail: { ...entry.detail, repeated, subjects: subjects.size } };
}

function senderOf({ actor }: AuditEntry): string {
  return JSON.stringify([actor.tenant, actor.kind, identifierOf(actor)]);
}

function kindOf({ action, outcome, purpose, policy, detail }: AuditEntry): string {
  return JSON.stringify([action, outcome, purpose, policy, detail]);
}
