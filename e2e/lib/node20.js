// The suite is built for a newer Node: its bundle imports fs.globSync, which only
// its commands about source trees call. On a Node without it, this gives the
// bundle an fs that has one which fails. Used by: node --import ./lib/node20.js
import fs from 'node:fs';
import { register } from 'node:module';

if (!fs.globSync) {
  const shim = `export * from 'node:fs'; export { default } from 'node:fs';
    export function globSync() { throw new Error('fs.globSync needs a newer Node'); }`;
  const hook = `const shim = ${JSON.stringify('data:text/javascript,' + encodeURIComponent(shim))};
    export function resolve(name, context, next) {
      const asks = (context.parentURL ?? '').includes('/@modelcontextprotocol/conformance/');
      return asks && name === 'fs' ? { url: shim, shortCircuit: true } : next(name, context);
    }`;
  register('data:text/javascript,' + encodeURIComponent(hook));
}
