import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useCallback, useEffect, useMemo, useState } from 'react';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './editor.css';
import { ask, isStranger, type Declaration, type Operation } from './ask.ts';
import { readSchema, type AnnotatedSchema } from './field-notes.ts';
import { lookUps } from './look-ups.ts';
import { markResult } from './marks.ts';
import { memoryStorage } from './memory-storage.ts';
import { reportOf, type PrivacyReport } from './privacy-report.ts';
import { ReportPanel } from './report-panel.tsx';
import type { Known } from './standing.ts';

interface EditorProps {
  readonly known: Known;
  readonly declaration: Declaration;
  readonly onStranger: () => void;
}

const NO_PLUGINS: [] = [];
const storage = memoryStorage();

/** GraphiQL, with purpose and reason on every request. */
export function Editor({ known: { token }, declaration, onStranger }: EditorProps) {
  const sender = useMemo(() => ({ token, declaration }), [token, declaration]);
  const [annotated, setAnnotated] = useState<AnnotatedSchema | null>(null);
  const [complaint, setComplaint] = useState<string | null>(null);
  const [report, setReport] = useState<PrivacyReport | null>(null);
  const [tabs] = useState(() => [...lookUps(declaration)]);
  useEffect(() => {
    let wanted = true;
    readSchema(sender).then(
      (read) => wanted && setAnnotated(read),
      (error: unknown) =>
        wanted && setComplaint(error instanceof Error ? error.message : 'The gateway does not answer.'),
    );
    return () => {
      wanted = false;
    };
  }, [sender]);
  const fetcher = useCallback(
    async ({ query, variables, operationName }: Operation) => {
      setReport(null);
      const answer = await ask(sender, { query, variables, operationName });
      if (isStranger(answer)) onStranger();
      setReport(reportOf(answer));
      return answer;
    },
    [sender, onStranger],
  );
  if (complaint !== null) return <p role="alert">The schema could not be read: {complaint}</p>;
  if (annotated === null) return <p className="loading">Reading the schema …</p>;
  return (
    <GraphiQL
      fetcher={fetcher as never}
      schema={annotated.schema}
      defaultTabs={tabs}
      // The first tab would begin without its own.
      initialVariables={tabs[0]?.variables ?? ''}
      // No history: what was asked of whom stays in no browser.
      plugins={NO_PLUGINS}
      storage={storage}
      isHeadersEditorEnabled={false}
      showPersistHeadersSettings={false}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <></>
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <ReportPanel report={report} names={annotated.names} />
        <Marks report={report} />
        <Scheme />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

/** Keeps the colours of the editors in step with those of the page, which may change while it is open, as at nightfall. */
function Scheme() {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL((state) => state.theme);
  useEffect(() => {
    if (theme !== null) return undefined;
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setTheme(null);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [theme, setTheme]);
  return null;
}

/** Keeps the marks in the result in step with its text. */
function Marks({ report }: { readonly report: PrivacyReport | null }) {
  const editor = useGraphiQL((state) => state.responseEditor);
  useEffect(() => {
    if (editor === undefined || report === null) return undefined;
    let clear = markResult(editor, report);
    const listening = editor.onDidChangeModelContent(() => {
      clear();
      clear = markResult(editor, report);
    });
    return () => {
      listening.dispose();
      clear();
    };
  }, [editor, report]);
  return null;
}
