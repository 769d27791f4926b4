import Table from 'cli-table3';
import { Command } from 'commander';
import { catalogueRows } from '../../catalogue/print.ts';

export const catalogueCommand = new Command('catalogue')
  .option('--json', 'as JSON')
  .description('print the declaration of every column')
  .action((options: { readonly json?: boolean }) => {
    const rows = catalogueRows();
    if (options.json === true) {
      console.log(JSON.stringify(rows, null, 2));
      return;
    }
    const table = new Table({
      head: ['dataset', 'column', 'kind', 'items', 'sensitivity', 'provenance', 'format'],
      style: { head: [], border: [], compact: true },
    });
    for (const row of rows)
      table.push([
        row.dataset,
        row.column,
        row.kind,
        row.items.join(', '),
        row.sensitivity ?? '',
        row.provenance ?? '',
        row.format ?? '',
      ]);
    console.log(table.toString());
  });
