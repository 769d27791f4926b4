import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer as Answered, AskError } from '../gateway/ask.ts';
import { Failure } from './failure.tsx';
import { Loading } from './loading.tsx';

interface AnswerProps<Result> {
  readonly of: UseQueryResult<Answered<Result>, AskError>;
  readonly lines?: number;
  readonly children: (data: Result, answer: Answered<Result>) => ReactNode;
}

/** What was answered; before that its place, and the way out where it failed. */
export function Answer<Result>({ of: { data, error, refetch }, lines, children }: AnswerProps<Result>) {
  if (data !== undefined) return children(data.data, data);
  if (error !== null) return <Failure error={error} again={() => void refetch()} />;
  return <Loading {...(lines === undefined ? {} : { lines })} />;
}
