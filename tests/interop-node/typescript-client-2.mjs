import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { document, run } from './mcp.mjs';

const sdk = {
  Client,
  Transport: StreamableHTTPClientTransport,
  Unauthorized: UnauthorizedError,
  finish: (transport, answer) => transport.finishAuth(answer),
  call: (client, name, args) => client.callTool({ name, arguments: args }),
};
await run(sdk);
await run(sdk, document);
