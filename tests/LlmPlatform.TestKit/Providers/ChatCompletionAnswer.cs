using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// Writes one answer in OpenAI's wire format, whole or streamed, and keeps its line of the ledger true.
/// </summary>
internal sealed class ChatCompletionAnswer(
    HttpContext http,
    ProviderScript script,
    ProviderAttempt attempt,
    ProviderUsage usage,
    Action<Func<ProviderAttempt, ProviderAttempt>> changeLedger)
{
    private readonly long _created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
    private readonly bool _usageWanted = attempt.Body.TryGetProperty("stream_options", out var options)
        && options.ValueKind == JsonValueKind.Object
        && options.TryGetProperty("include_usage", out var include)
        && include.ValueKind == JsonValueKind.True;

    public async Task WriteAsync()
    {
        if (script.HangBeforeFirstByte)
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        await Task.Delay(script.FirstByteDelay, http.RequestAborted);
        await (attempt.Streamed ? StreamAsync() : WriteWholeAsync());
    }

    /// <summary>Closes the line of the ledger; an attempt that has ended keeps its first ending.</summary>
    public void End(AttemptOutcome outcome, int? status = null) => changeLedger(line =>
        line.Outcome == AttemptOutcome.Open ? line with { Outcome = outcome, Status = status ?? line.Status } : line);

    private async Task WriteWholeAsync()
    {
        changeLedger(line => line with { Status = 200, Billed = usage });
        var choice = new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = string.Concat(Enumerable.Range(0, script.Chunks).Select(Text)),
                ["refusal"] = null,
            },
            ["logprobs"] = null,
            ["finish_reason"] = "stop",
        };
        var answer = Envelope("chat.completion", new JsonArray(choice));
        if (!script.OmitUsage)
            answer["usage"] = UsageObject();
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
        changeLedger(line => line with { UsageSent = !script.OmitUsage });
        await CompleteAsync();
    }

    private async Task StreamAsync()
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        changeLedger(line => line with { Status = 200, Billed = usage with { Completion = 0, Reasoning = 0 } });
        await SendAsync(Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "", ["refusal"] = null }));
        for (var sent = 0; sent < script.Chunks; sent++)
        {
            if (await BreaksOffAsync(sent))
                return;
            await Task.Delay(script.DelayPerChunk, http.RequestAborted);
            Bill(sent + 1);
            await SendAsync(Chunk(new JsonObject { ["content"] = Text(sent) }));
        }

        if (await BreaksOffAsync(script.Chunks))
            return;
        await SendAsync(Chunk([], "stop"));
        if (_usageWanted && !script.OmitUsage)
        {
            var last = Envelope("chat.completion.chunk", []);
            last["usage"] = UsageObject();
            await SendAsync(last);
            changeLedger(line => line with { UsageSent = true });
        }

        await http.Response.WriteAsync("data: [DONE]\n\n", http.RequestAborted);
        await CompleteAsync();
    }

    private async Task CompleteAsync()
    {
        await http.Response.CompleteAsync();
        // A write to a caller that is gone succeeds: only the token tells.
        http.RequestAborted.ThrowIfCancellationRequested();
        End(AttemptOutcome.Completed);
    }

    private async Task<bool> BreaksOffAsync(int sent)
    {
        if (script.CutAfterChunks == sent)
        {
            End(AttemptOutcome.Broken);
            http.Abort();
            return true;
        }

        if (script.ErrorAfterChunks == sent)
        {
            End(AttemptOutcome.Broken);
            await SendAsync(FakeProvider.ErrorObject("server_error", "The model broke off."));
            return true;
        }

        return false;
    }

    // What has been generated is charged for, whether or not anybody stays to read it.
    private void Bill(int chunks) => changeLedger(line => line with
    {
        Billed = usage with
        {
            Completion = usage.Completion * chunks / script.Chunks,
            Reasoning = usage.Reasoning * chunks / script.Chunks,
        },
    });

    private JsonObject Chunk(JsonObject delta, string? finishReason = null)
    {
        var choice = new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason };
        var chunk = Envelope("chat.completion.chunk", new JsonArray(choice));
        // With include_usage every chunk but the last says null; without it the member is absent.
        if (_usageWanted && !script.OmitUsage)
            chunk["usage"] = null;
        return chunk;
    }

    private JsonObject Envelope(string kind, JsonArray choices) => new()
    {
        ["id"] = attempt.Id,
        ["object"] = kind,
        ["created"] = _created,
        ["model"] = attempt.Model,
        ["service_tier"] = "default",
        ["system_fingerprint"] = null,
        ["choices"] = choices,
    };

    private JsonObject UsageObject() => new()
    {
        ["prompt_tokens"] = usage.Prompt,
        ["completion_tokens"] = usage.Completion,
        ["total_tokens"] = usage.Total,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.Cached, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = usage.Reasoning,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };

    private async Task SendAsync(JsonObject data)
    {
        await http.Response.WriteAsync($"data: {data.ToJsonString()}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private static string Text(int chunk) => $"word{chunk} ";
}
