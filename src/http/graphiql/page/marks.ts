import type { MonacoEditor } from '@graphiql/react';
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { EACH, type PrivacyReport } from './privacy-report.ts';

/** Marks masked and withheld values where they stand in the result; gives what removes the marks. */
export function markResult(editor: MonacoEditor, { nulls, masked, thirdParty }: PrivacyReport): () => void {
  const model = editor.getModel();
  const tree = model === null ? undefined : parseTree(model.getValue());
  if (model === null || tree === undefined) return () => {};
  const notes = [
    ...nulls.map(({ path, reason }) => ({ path, text: reason, className: 'mark-withheld' })),
    ...masked.map(({ path }) => ({ path, text: 'MASKED', className: 'mark-masked' })),
    ...thirdParty.map(({ path }) => ({ path, text: 'THIRD_PARTY', className: 'mark-third-party' })),
  ];
  const marks = editor.createDecorationsCollection(
    notes.flatMap(({ path, text, className }) =>
      valuesAt(findNodeAtLocation(tree, ['data']), path).map((node) => {
        const from = model.getPositionAt(node.offset);
        const to = model.getPositionAt(node.offset + node.length);
        const range = {
          startLineNumber: from.lineNumber,
          startColumn: from.column,
          endLineNumber: to.lineNumber,
          endColumn: to.column,
        };
        const after = { content: `  ${text}`, inlineClassName: 'mark-note' };
        return { range, options: { inlineClassName: className, after } };
      }),
    ),
  );
  return () => marks.clear();
}

/** The values at a path; where it says so, of each entry of a list. What is null has a note of its own. */
function valuesAt(node: Node | undefined, path: readonly (string | number)[]): readonly Node[] {
  if (node === undefined) return [];
  const [step, ...further] = path;
  if (step === undefined) return [node];
  if (step !== EACH) return valuesAt(findNodeAtLocation(node, [step]), further);
  return (node.children ?? []).flatMap((entry) => valuesAt(entry, further)).filter(({ type }) => type !== 'null');
}
