interface QuoteProps {
  readonly text: string;
}

/** Words of the policy; where they are a row of a table, its first cell, and the others below it. */
export function Quote({ text }: QuoteProps) {
  const [first, ...others] = text.split(' | ');
  return (
    <>
      {first}
      {others.map((cell) => (
        <span key={cell} className="line quiet">
          {cell}
        </span>
      ))}
    </>
  );
}
