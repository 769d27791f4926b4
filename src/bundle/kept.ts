/** The same answer for the same object, found once: for what many bundles share, and only that. */
export function kept<Of extends object, Answer>(find: (of: Of) => Answer): (of: Of) => Answer {
  const answers = new WeakMap<Of, { readonly answer: Answer }>();
  return (of) => {
    const known = answers.get(of);
    if (known !== undefined) return known.answer;
    const answer = find(of);
    answers.set(of, { answer });
    return answer;
  };
}
