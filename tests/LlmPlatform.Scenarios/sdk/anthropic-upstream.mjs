// The official Anthropic SDK against the platform's models of one upstream.
//   ROOT_URL, FREE_KEY, BROKE_KEY, LIMITED_KEY and UPSTREAM come from the environment.
import Anthropic from "@anthropic-ai/sdk";
import { scenario } from "./report.mjs";

const clientOf = (apiKey) => new Anthropic({ baseURL: process.env.ROOT_URL, apiKey, maxRetries: 0 });
const client = clientOf(process.env.FREE_KEY);
const model = (role) => `${process.env.UPSTREAM}-${role}`;
const question = { role: "user", content: "What is the weather?" };
const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};
const tools = [
  { name: "weather", description: "The weather.", input_schema: schema },
  { name: "clock", description: "The time.", input_schema: { type: "object", properties: {} } },
];
const image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const textOf = ({ content }) => content.filter(({ type }) => type === "text").map(({ text }) => text).join("");
const callsOf = ({ content }) => content.filter(({ type }) => type === "tool_use");

async function round(role, options, ask) {
  const messages = [question];
  const request = { model: model(role), max_tokens: 4000, system: "Be brief.", tools, messages, ...options };
  const first = await ask(request);
  const calls = callsOf(first);
  messages.push({ role: "assistant", content: first.content });
  messages.push({ role: "user", content: calls.map(({ id }) => (
    { type: "tool_result", tool_use_id: id, content: [{ type: "text", text: "blue" }] })) });
  const last = await ask(request);
  return {
    stop: first.stop_reason,
    kinds: first.content.map(({ type }) => type),
    calls: calls.map(({ id, name, input }) => ({ id, name, input })),
    text: textOf(last),
    stopAtLast: last.stop_reason,
    usage: last.usage,
  };
}

const whole = (request) => client.messages.create(request);
const streamed = (request) => client.messages.stream(request).finalMessage();

await scenario("message", async () => {
  const answer = await client.messages.create({
    model: model("chat"), max_tokens: 200, messages: [question], system: [{ type: "text", text: "Be brief." }],
    metadata: { user_id: "u-1" }, stop_sequences: ["END"],
  });
  return { text: textOf(answer), stop: answer.stop_reason, usage: answer.usage, type: answer.type, role: answer.role };
});

// A turn of the system's between others, which the API's version of this SDK allows.
await scenario("system turn", async () => {
  const answer = await client.messages.create({
    model: model("chat"), max_tokens: 200,
    messages: [question, { role: "assistant", content: "Where?" }, { role: "system", content: "Be brief." }, question],
  });
  return { text: textOf(answer) };
});

await scenario("image", async () => {
  const answer = await client.messages.create({
    model: model("chat"), max_tokens: 200,
    messages: [{ role: "user", content: [
      { type: "image", source: { type: "base64", media_type: "image/png", data: image } },
      { type: "text", text: "What is this?", cache_control: { type: "ephemeral" } },
    ] }],
  });
  return { text: textOf(answer) };
});

await scenario("stream", async () => {
  const events = [];
  let text = "";
  const answer = await client.messages.create({
    model: model("chat"), max_tokens: 200, messages: [question], stream: true });
  let usage = {};
  for await (const event of answer) {
    if (events.at(-1) !== event.type) events.push(event.type);
    text += event.delta?.text ?? "";
    usage = { ...usage, ...(event.message?.usage ?? event.usage ?? {}) };
  }
  return { text, events: events.filter((type) => type !== "ping"), usage };
});

await scenario("length", async () => {
  const answer = await client.messages.create({ model: model("length"), max_tokens: 50, messages: [question] });
  return { stop: answer.stop_reason };
});

await scenario("tools", () => round("chat", {}, whole));
await scenario("tools streamed", () => round("chat", {}, streamed));
await scenario("parallel tools", () => round("parallel", {}, whole));
await scenario("parallel tools streamed", () => round("parallel", {}, streamed));

const thinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
await scenario("thinking", () => round("chat", thinking, whole));
await scenario("thinking streamed", () => round("chat", thinking, streamed));

await scenario("named tool", async () => {
  const answer = await client.messages.create({
    model: model("chat"), max_tokens: 200, messages: [question], tools, tool_choice: { type: "tool", name: "clock" },
  });
  return { calls: callsOf(answer) };
});

await scenario("structured", async () => {
  const answer = await client.messages.create({
    model: model("chat"), max_tokens: 200, messages: [question],
    output_config: { format: { type: "json_schema", schema } },
  });
  return { value: JSON.parse(textOf(answer)), stop: answer.stop_reason };
});

await scenario("count", async () => {
  const count = await client.messages.countTokens({ model: model("chat"), messages: [question], tools });
  return { tokens: count.input_tokens };
});

await scenario("401", () => clientOf("sk-nobody-has-this-key").messages.create(
  { model: model("chat"), max_tokens: 10, messages: [question] }));
await scenario("402", () => clientOf(process.env.BROKE_KEY).messages.create(
  { model: model("chat"), max_tokens: 10, messages: [question] }));
await scenario("429", async () => {
  const limited = clientOf(process.env.LIMITED_KEY);
  // The key may ask once a minute: this call, or one of another scenario a moment ago, is that one.
  await limited.messages.create({ model: model("chat"), max_tokens: 10, messages: [question] }).catch(() => {});
  return limited.messages.create({ model: model("chat"), max_tokens: 10, messages: [question] });
});
await scenario("404", () => client.messages.create({ model: "no-such-model", max_tokens: 10, messages: [question] }));
await scenario("bad request", () => client.messages.create({ model: model("chat"), messages: [question] }));
await scenario("stray result", () => client.messages.create({
  model: model("chat"), max_tokens: 10,
  messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_nobody", content: "x" }] }],
}));
await scenario("broken stream", async () => {
  const answer = await client.messages.create({
    model: model("broken"), max_tokens: 200, messages: [question], stream: true });
  for await (const event of answer) void event;
  return {};
});

await scenario("refused", () => client.messages.create(
  { model: model("busy"), max_tokens: 200, messages: [question] }));
await scenario("retried", async () => {
  const answer = await client.messages.create(
    { model: model("busy"), max_tokens: 200, messages: [question] }, { maxRetries: 2 });
  return { text: textOf(answer) };
});
