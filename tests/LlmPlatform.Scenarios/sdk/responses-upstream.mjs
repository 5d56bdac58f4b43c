// The official OpenAI SDK's Responses API against the platform's models of one upstream.
//   BASE_URL, FREE_KEY and UPSTREAM come from the environment.
import OpenAI from "openai";
import { scenario } from "./report.mjs";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.FREE_KEY, maxRetries: 0 });
const model = (role) => `${process.env.UPSTREAM}-${role}`;
const question = { role: "user", content: "What is the weather?" };
const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};
const tools = [
  { type: "function", name: "weather", description: "The weather.", parameters: schema, strict: true },
  { type: "function", name: "clock", description: "The time.", parameters: { type: "object", properties: {} }, strict: false },
];

const callsOf = ({ output }) => output.filter(({ type }) => type === "function_call");
const results = (calls) => calls.map(({ call_id }) => ({ type: "function_call_output", call_id, output: "blue" }));
const seen = (first, last) => ({
  status: first.status,
  kinds: first.output.map(({ type }) => type),
  calls: callsOf(first).map(({ id, call_id, name, arguments: text }) => (
    { id, call_id, name, arguments: JSON.parse(text) })),
  text: last.output_text,
  statusAtLast: last.status,
  usage: last.usage,
});

async function round(role, options, ask) {
  const input = [question];
  const request = { model: model(role), instructions: "Be brief.", tools, store: false, ...options };
  const first = await ask({ ...request, input });
  input.push(...first.output, ...results(callsOf(first)));
  return seen(first, await ask({ ...request, input }));
}

const whole = (request) => client.responses.create(request);
const streamed = (request) => client.responses.stream(request).finalResponse();

await scenario("response", async () => {
  const answer = await client.responses.create({
    model: model("chat"), input: "What is the weather?", instructions: "Be brief.", max_output_tokens: 200,
    metadata: { a: "b" },
  });
  return {
    text: answer.output_text, status: answer.status, usage: answer.usage, object: answer.object,
    metadata: answer.metadata,
  };
});

await scenario("stream", async () => {
  const types = [];
  const numbers = [];
  let text = "";
  let last = null;
  const answer = await client.responses.create({ model: model("chat"), input: [question], stream: true });
  for await (const event of answer) {
    numbers.push(event.sequence_number);
    if (types.at(-1) !== event.type) types.push(event.type);
    if (event.type === "response.output_text.delta") text += event.delta;
    last = event;
  }
  return { text, types, numbers, usage: last.response.usage, status: last.response.status };
});

await scenario("length", async () => {
  const answer = await client.responses.create({ model: model("length"), input: [question], max_output_tokens: 50 });
  return { status: answer.status, reason: answer.incomplete_details?.reason };
});

await scenario("tools", () => round("chat", {}, whole));
await scenario("tools streamed", () => round("chat", {}, streamed));
await scenario("parallel tools", () => round("parallel", {}, whole));
await scenario("parallel tools streamed", () => round("parallel", {}, streamed));

const reasoning = { reasoning: { effort: "low", summary: "auto" }, include: ["reasoning.encrypted_content"] };
await scenario("reasoning", () => round("chat", reasoning, whole));
await scenario("reasoning streamed", () => round("chat", reasoning, streamed));

await scenario("structured", async () => {
  const answer = await client.responses.parse({
    model: model("chat"), input: [question],
    text: { format: { type: "json_schema", name: "trip", strict: true, schema } },
  });
  return { value: JSON.parse(answer.output_text), status: answer.status };
});

// A conversation that the provider keeps, continued, read again and forgotten.
await scenario("kept", async () => {
  const first = await client.responses.create({ model: model("chat"), input: [question], tools });
  const last = await client.responses.create({
    model: model("chat"), previous_response_id: first.id, input: results(callsOf(first)) });
  const again = await client.responses.retrieve(last.id);
  await client.responses.delete(last.id);
  return { ...seen(first, last), again: again.output_text, sameId: again.id === last.id };
});

await scenario("404", () => client.responses.create({ model: "no-such-model", input: "x" }));
await scenario("bad request", () => client.responses.create({ model: model("chat"), input: [question], temperature: 3 }));
await scenario("stray result", () => client.responses.create({
  model: model("chat"), input: [question, { type: "function_call_output", call_id: "call_nobody", output: "x" }] }));
await scenario("broken stream", async () => {
  const answer = await client.responses.create({ model: model("broken"), input: [question], stream: true });
  for await (const event of answer) void event;
  return {};
});

await scenario("refused", () => client.responses.create({ model: model("busy"), input: [question] }));
await scenario("retried", async () => {
  const answer = await client.responses.create({ model: model("busy"), input: [question] }, { maxRetries: 2 });
  return { text: answer.output_text };
});
