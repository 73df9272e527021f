// Drives piece-signal-cli-rest-api, the Activepieces piece: one call a line comes in, one answer a line
// goes out.
//
//     node piece.js URL NUMBER [PASSWORD]
//
// A call is {"call": NAME, "args": {...}}, with the name of an action or a trigger and the properties that
// the user of a flow fills in, and "mode" for the one setting of the connection that matters here; an answer {"result": ...} or {"error": TEXT}. NODE_PATH names the folder
// that the piece is installed in.
'use strict';

const readline = require('node:readline');
const { signalCliRestApi } = require('piece-signal-cli-rest-api');

const [baseUrl, defaultNumber, password] = process.argv.slice(2);
const props = { baseUrl, defaultNumber, mode: 'json-rpc' };
if (password !== undefined) {
  Object.assign(props, { useBasicAuth: true, basicAuthUsername: 'any', basicAuthPassword: password });
}

// What a flow keeps between its runs.
const kept = new Map();
const store = {
  get: async (key) => kept.get(key) ?? null,
  put: async (key, value) => void kept.set(key, value),
  delete: async (key) => void kept.delete(key),
};

// What the server that runs a flow adds; nothing that is driven here calls it.
const surroundings = {
  executionType: 'BEGIN',
  run: { id: 'run', pause: () => {} },
  server: { apiUrl: '', publicUrl: '', token: '' },
  generateResumeUrl: () => 'http://127.0.0.1/v1/flow-runs/run/requests/request',
};

const enabled = new Set();

async function call({ call: name, args }) {
  const { mode = props.mode, ...filledIn } = args;
  const auth = { type: 'CUSTOM_AUTH', props: { ...props, mode } };
  const context = { ...surroundings, auth, store, propsValue: { number: defaultNumber, ...filledIn } };
  const action = signalCliRestApi.actions()[name];
  if (action !== undefined) return action.run(context);
  const trigger = signalCliRestApi.triggers()[name];
  if (trigger === undefined) throw new Error(`the piece has no ${name}`);
  if (!enabled.has(name)) {
    enabled.add(name);
    await trigger.onEnable(context);
  }
  return trigger.run(context);
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = { result: (await call(JSON.parse(line))) ?? null };
    } catch (failure) {
      answer = { error: failure.message };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  process.exit(0);
}

main();
