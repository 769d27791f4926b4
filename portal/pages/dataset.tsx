import { rowSourceOf, type RowSource } from '../gateway/row-sources.ts';
import { useRows } from '../gateway/use-rows.ts';
import { useSpeech } from '../language/speech.ts';
import { DatasetReasons } from '../parts/dataset-reasons.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { RowTable } from '../parts/row-table.tsx';
import { NotFound } from './not-found.tsx';

/** The records of one kind. */
export function Dataset({ field }: { readonly field: string }) {
  const source = rowSourceOf(field);
  return source === null ? <NotFound /> : <Records source={source} />;
}

function Records({ source }: { readonly source: RowSource }) {
  const { t, word, named } = useSpeech();
  const rows = useRows(source);
  const [dataset] = source.datasets;
  return (
    <Page title={word('dataset', dataset)} back={{ to: '/', name: t('dataset.back') }}>
      <DatasetReasons items={source.items} />
      {rows.isLoading ? (
        <Loading lines={6} />
      ) : rows.error !== null && rows.rows.length === 0 ? (
        <Failure error={rows.error} again={rows.again} />
      ) : rows.refused !== null ? (
        <Empty title={t('dataset.withheldAll')}>
          <p>{named('why', rows.refused)}</p>
        </Empty>
      ) : rows.rows.length === 0 ? (
        <Empty title={t('dataset.none')}>
          <p>{t('dataset.noneText')}</p>
        </Empty>
      ) : (
        <RowTable source={source} rows={rows} />
      )}
    </Page>
  );
}
