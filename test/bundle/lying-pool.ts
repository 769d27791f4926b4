import pg from 'pg';

/** A pool to whose server a statement says something else than was asked. */
export function lyingPool({ options }: pg.Pool, asked: string | RegExp, instead: string): pg.Pool {
  const pool = new pg.Pool(options);
  pool.on('connect', (client) => {
    const { connection } = client as unknown as { readonly connection: pg.Connection };
    const said = (text: string): string => text.replace(asked, instead);
    const parse = connection.parse.bind(connection);
    connection.parse = (query, more) => parse({ ...query, text: said(query.text) }, more);
    const query = connection.query.bind(connection);
    connection.query = (text) => query(said(text));
  });
  return pool;
}
