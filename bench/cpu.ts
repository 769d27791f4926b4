import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

/** CPU milliseconds that a process and its children, those that have ended too, have used so far; Linux only. */
export function cpuOf(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && fieldsOf(name)?.[PARENT] === pid);
  return [String(pid), ...children].reduce((sum, name) => sum + ticksOf(fieldsOf(name)), 0) * MS_PER_TICK;
}

/** The process of a PostgreSQL on this machine, whose children do the work. */
export async function serverPid(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return fieldsOf(String(rows[0]?.pid))?.[PARENT] ?? 0;
}

/** In the fields that follow a process's name and state. */
const PARENT = 0;
const TIMES = [10, 11, 12, 13] as const;

/** Null for a process that is gone. */
function fieldsOf(pid: string): readonly number[] | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line
      .slice(line.lastIndexOf(')') + 4)
      .split(' ')
      .map(Number);
  } catch {
    return null;
  }
}

function ticksOf(fields: readonly number[] | null): number {
  return TIMES.reduce((sum, at) => sum + (fields?.[at] ?? 0), 0);
}
