// Talks to the platform through the official SDK and says what it saw, one JSON object a line.
//   BASE_URL, and the keys FREE_KEY, BROKE_KEY and LIMITED_KEY, come from the environment.
import OpenAI from "openai";

const baseURL = process.env.BASE_URL;
const client = (apiKey) => new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: "user", content: "Tell me something." }];
const report = (scenario, seen) => console.log(JSON.stringify({ scenario, ...seen }));

async function stream(scenario, options) {
  let text = "";
  let usage = null;
  let chunks = 0;
  const answer = await client(process.env.FREE_KEY).chat.completions.create({
    model: "chat", messages, stream: true, ...options,
  });
  for await (const chunk of answer) {
    chunks++;
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  report(scenario, { text, chunks, usage });
}

async function refuse(scenario, apiKey, model) {
  try {
    await client(apiKey).chat.completions.create({ model, messages });
    report(scenario, { error: null });
  } catch (error) {
    report(scenario, {
      error: error.constructor.name, status: error.status, code: error.code, message: error.message,
    });
  }
}

await stream("stream", {});
await stream("stream with usage", { stream_options: { include_usage: true } });

const whole = await client(process.env.FREE_KEY).chat.completions.create({ model: "chat", messages });
report("whole", { text: whole.choices[0].message.content, usage: whole.usage });

const models = [];
for await (const model of client(process.env.FREE_KEY).models.list()) models.push(model.id);
report("models", { models });

await refuse("401", "sk-nobody-has-this-key", "chat");
await refuse("404", process.env.FREE_KEY, "no-such-model");
await refuse("402", process.env.BROKE_KEY, "chat");
await client(process.env.LIMITED_KEY).chat.completions.create({ model: "chat", messages }).catch(() => {});
await refuse("429", process.env.LIMITED_KEY, "chat");
