import type { MonacoEditor } from '@graphiql/react';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { PrivacyReport } from './privacy-report.ts';

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
    notes.flatMap(({ path, text, className }) => {
      const node = findNodeAtLocation(tree, ['data', ...path]);
      if (node === undefined) return [];
      const from = model.getPositionAt(node.offset);
      const to = model.getPositionAt(node.offset + node.length);
      const range = {
        startLineNumber: from.lineNumber,
        startColumn: from.column,
        endLineNumber: to.lineNumber,
        endColumn: to.column,
      };
      const after = { content: `  ${text}`, inlineClassName: 'mark-note' };
      return [{ range, options: { inlineClassName: className, after } }];
    }),
  );
  return () => marks.clear();
}
