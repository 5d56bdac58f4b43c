// A current ClickHouse for tests: the engine as a library (one to a process), behind as much of the server's HTTP
// interface as our client speaks. Its data is in a temporary folder, and both are gone when its standard input ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const engine = createRequire(import.meta.url)('@chdb/lib-linux-x64-gnu');
const folder = mkdtempSync(join(tmpdir(), 'llm-platform-clickhouse-'));
const connection = engine.CreateConnection(folder);

const run = (statement) => engine.QueryWithConnection(connection, statement, 'TabSeparated');

// Of the parameters of an address all but these are settings, which the library takes at the end of a query.
function answerTo(address, body) {
  const { query, database = 'default', wait_end_of_query, ...settings } = Object.fromEntries(address.searchParams);
  run(`USE ${database}`);
  const given = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  if (query && given.length) throw new Error('Code: 48. Settings of an insert are not passed on.');
  return run(query ? `${query}\n${body}` : body + (given.length ? `\nSETTINGS ${given.join(', ')}` : ''));
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    const address = new URL(request.url, 'http://localhost');
    response.end(answerTo(address, Buffer.concat(parts).toString('utf8')));
  } catch (fault) {
    const text = fault.message.replace(/^Query failed: /, '');
    const code = /^Code: (\d+)/.exec(text)?.[1];
    response.writeHead(code === '60' ? 404 : 500, code ? { 'X-ClickHouse-Exception-Code': code } : {});
    response.end(text);
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

// Killed, for the engine may wait for its own threads for ever when a process ends in an orderly way.
process.stdin.on('end', () => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}).resume();
