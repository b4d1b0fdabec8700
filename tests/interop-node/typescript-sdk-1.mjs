import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { document, run } from './mcp.mjs';

const sdk = {
  Client,
  Transport: StreamableHTTPClientTransport,
  Unauthorized: UnauthorizedError,
  finish: (transport, answer) => transport.finishAuth(answer.get('code')),
  // Version 1 answers insufficient_scope with a refresh, which cannot get it more, while it holds a refresh token.
  refreshesInsteadOfAsking: true,
  call: (client, name, args) => client.callTool({ name, arguments: args }),
};
await run(sdk);
await run(sdk, document);
