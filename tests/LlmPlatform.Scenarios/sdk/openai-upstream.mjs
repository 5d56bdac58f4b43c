// The official OpenAI SDK against the platform's models of one upstream.
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
  { type: "function", function: { name: "weather", description: "The weather.", parameters: schema, strict: true } },
  { type: "function", function: { name: "clock", description: "The time." } },
];
const image =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const called = (calls) => calls.map(({ id, function: { name, arguments: text } }) => ({
  id, name, arguments: JSON.parse(text),
}));

// A whole round: the model calls, the caller answers each call, the model says the last word.
async function round(role, ask) {
  const messages = [{ role: "system", content: "Be brief." }, question];
  const first = await ask(role, messages);
  const calls = first.choices[0].message.tool_calls ?? [];
  messages.push(first.choices[0].message);
  for (const call of calls) messages.push({ role: "tool", tool_call_id: call.id, content: "{\"sky\":\"blue\"}" });
  const last = await ask(role, messages);
  return {
    finish: first.choices[0].finish_reason,
    calls: called(calls),
    text: last.choices[0].message.content,
    finishAtLast: last.choices[0].finish_reason,
    usage: last.usage,
  };
}

const whole = (role, messages) => client.chat.completions.create({ model: model(role), messages, tools });
const streamed = (role, messages) => client.chat.completions
  .stream({ model: model(role), messages, tools, stream_options: { include_usage: true } })
  .finalChatCompletion();

await scenario("chat", async () => {
  const answer = await client.chat.completions.create({
    model: model("chat"), messages: [question], temperature: 0.5, max_completion_tokens: 200,
  });
  return {
    text: answer.choices[0].message.content, finish: answer.choices[0].finish_reason, usage: answer.usage,
    object: answer.object, model: answer.model,
  };
});

await scenario("image", async () => {
  const answer = await client.chat.completions.create({
    model: model("chat"),
    messages: [{ role: "user", content: [
      { type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: image } },
    ] }],
  });
  return { text: answer.choices[0].message.content };
});

await scenario("stream", async () => {
  let text = "";
  let usage = null;
  let finish = null;
  const roles = [];
  const answer = await client.chat.completions.create({
    model: model("chat"), messages: [question], stream: true, stream_options: { include_usage: true },
  });
  for await (const chunk of answer) {
    const choice = chunk.choices[0];
    if (choice?.delta?.role) roles.push(choice.delta.role);
    text += choice?.delta?.content ?? "";
    finish = choice?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  return { text, finish, usage, roles };
});

await scenario("length", async () => {
  const answer = await client.chat.completions.create({
    model: model("length"), messages: [question], max_completion_tokens: 50,
  });
  return { finish: answer.choices[0].finish_reason };
});

await scenario("tools", () => round("chat", whole));
await scenario("tools streamed", () => round("chat", streamed));
await scenario("parallel tools", () => round("parallel", whole));
await scenario("parallel tools streamed", () => round("parallel", streamed));

await scenario("named tool", async () => {
  const answer = await client.chat.completions.create({
    model: model("chat"), messages: [question], tools, tool_choice: { type: "function", function: { name: "clock" } },
  });
  return { calls: called(answer.choices[0].message.tool_calls) };
});

await scenario("structured", async () => {
  const answer = await client.chat.completions.parse({
    model: model("chat"), messages: [question],
    response_format: { type: "json_schema", json_schema: { name: "trip", strict: true, schema } },
  });
  return { value: JSON.parse(answer.choices[0].message.content), finish: answer.choices[0].finish_reason };
});

await scenario("structured stream", async () => {
  const answer = await client.chat.completions.stream({
    model: model("chat"), messages: [question],
    response_format: { type: "json_schema", json_schema: { name: "trip", strict: true, schema } },
  }).finalChatCompletion();
  return { value: JSON.parse(answer.choices[0].message.content), finish: answer.choices[0].finish_reason };
});

await scenario("embeddings", async () => {
  const input = ["one", "another"];
  // The SDK asks for base64 of its own accord and decodes it.
  const usual = await client.embeddings.create({ model: model("embedding"), input });
  const floats = await client.embeddings.create({ model: model("embedding"), input, encoding_format: "float" });
  return {
    usual: usual.data.map(({ embedding }) => Array.from(embedding)),
    floats: floats.data.map(({ embedding }) => embedding),
    usage: usual.usage,
  };
});

await scenario("one embedding", async () => {
  const answer = await client.embeddings.create({ model: model("embedding"), input: "one", dimensions: 256 });
  return { length: answer.data[0].embedding.length, usage: answer.usage };
});

await scenario("bad request", async () => client.chat.completions.create({
  model: model("chat"), messages: [question], temperature: 3,
}));
await scenario("stray result", async () => client.chat.completions.create({
  model: model("chat"), messages: [question, { role: "tool", tool_call_id: "call_nobody", content: "x" }],
}));
await scenario("broken stream", async () => {
  const answer = await client.chat.completions.create({ model: model("broken"), messages: [question], stream: true });
  let text = "";
  for await (const chunk of answer) text += chunk.choices[0]?.delta?.content ?? "";
  return { text };
});

await scenario("refused", () => client.chat.completions.create({ model: model("busy"), messages: [question] }));
await scenario("retried", async () => {
  const answer = await client.chat.completions.create(
    { model: model("busy"), messages: [question] }, { maxRetries: 2 });
  return { text: answer.choices[0].message.content };
});
