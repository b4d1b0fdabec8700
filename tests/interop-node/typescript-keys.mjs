// Services that sign (private_key_jwt) with both generations of the TypeScript SDK. Neither sends a kid.
import assert from 'node:assert/strict';
import { Client as Client2, PrivateKeyJwtProvider as Provider2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { PrivateKeyJwtProvider as Provider1 } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { issuer, mcp } from './person.mjs';

const privateKey = JSON.parse(process.env.API_KEY);

for (const [Client, Transport, Provider] of [
  [Client1, Transport1, Provider1],
  [Client2, Transport2, Provider2],
]) {
  const connect = async (key) => {
    const authProvider = new Provider({ clientId: 'signer', privateKey: key, algorithm: 'ES256', scope: 'read', expectedIssuer: issuer });
    const client = new Client({ name: 'interop', version: '1.0.0' });
    await client.connect(new Transport(new URL(mcp), { authProvider }));
    return [client, authProvider];
  };
  const [client, provider] = await connect(privateKey);
  assert.match(JSON.stringify(await client.callTool({ name: 'list_notes', arguments: {} })), /content/);
  assert.equal(provider.tokens().scope, 'read');
  await client.close();

  const stranger = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  await assert.rejects(connect(await crypto.subtle.exportKey('jwk', stranger.privateKey)));
}
