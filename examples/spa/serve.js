// Serves the files beside it: an application that lives in the browser needs no
// other server. ISSUER may name another provider.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

const issuer = process.env.ISSUER ?? 'http://localhost:8080';
const library = new URL('node_modules/oidc-client-ts/dist/browser/oidc-client-ts.js', import.meta.url);
const files = {
  '/': ['text/html', new URL('index.html', import.meta.url)],
  '/silent.html': ['text/html', new URL('silent.html', import.meta.url)],
  '/app.js': ['text/javascript', new URL('app.js', import.meta.url)],
  '/silent.js': ['text/javascript', new URL('silent.js', import.meta.url)],
  '/oidc-client-ts.js': ['text/javascript', library],
};

createServer(async (req, res) => {
  const path = new URL(req.url, 'http://localhost').pathname;
  if (path === '/settings.js') {
    return res.setHeader('Content-Type', 'text/javascript').end(`const issuer = ${JSON.stringify(issuer)};`);
  }
  const [type, file] = files[path] ?? [];
  if (!file) return res.writeHead(404).end();
  res.setHeader('Content-Type', type + '; charset=utf-8').end(await readFile(file));
}).listen(8093, 'localhost', () => console.log('open http://localhost:8093/'));
