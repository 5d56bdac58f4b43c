using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// One call being answered: keeps the script's pace and breaks, and its line of the ledger true.
/// </summary>
internal sealed class ProviderCall(
    HttpContext http, ProviderScript script, ProviderAttempt attempt, ModelRequest request, ProviderCallLine line)
{
    private int _first;

    public HttpContext Http => http;

    public ProviderScript Script => script;

    public ProviderAttempt Attempt => attempt;

    public ModelRequest Request => request;

    public ModelAnswer Answer { get; } = ModelAnswer.To(request, script);

    /// <summary>What a whole answer uses.</summary>
    public ProviderUsage Usage { get; } = script.UsageOf?.Invoke(attempt.Body) ?? script.Usage;

    /// <summary>What has been used until now.</summary>
    public ProviderUsage UsedSoFar { get; private set; } = new(0, 0);

    public long CreatedAt { get; } = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The id of a call that the answer makes.</summary>
    public string CallId(string prefix, AnswerPart part) =>
        $"{prefix}{attempt.Id[(attempt.Id.LastIndexOf('-') + 1)..]}_{part.CallIndex}";

    /// <summary>Answers at once, with a body that bills <paramref name="billed"/>.</summary>
    public Task SendWholeAsync(JsonObject body, ProviderUsage billed, bool usageSent) =>
        SendWholeAsync(body.ToJsonString(), "application/json", billed, usageSent);

    /// <summary>The same with a body that is not only JSON.</summary>
    public async Task SendWholeAsync(string body, string contentType, ProviderUsage billed, bool usageSent)
    {
        await WaitAsync();
        line.Bill(billed);
        http.Response.ContentType = contentType;
        await http.Response.WriteAsync(body, http.RequestAborted);
        line.SayUsage(usageSent);
        await CompleteAsync();
    }

    /// <summary>Answers piece by piece, until the end or until the script breaks it off.</summary>
    public async Task StreamAsync(IAnswerStream stream)
    {
        await WaitAsync();
        http.Response.ContentType = stream.ContentType;
        http.Response.Headers.CacheControl = "no-cache";
        Bill(0);
        await stream.OpenAsync();
        var sent = 0;
        for (var index = 0; index < Answer.Parts.Count; index++)
        {
            var part = Answer.Parts[index];
            await stream.BeginPartAsync(part, index);
            for (var piece = 0; piece < part.Pieces.Count; piece++)
            {
                if (await BreaksOffAsync(stream, sent))
                    return;
                await PaceAsync(sent);
                await Task.Delay(script.DelayPerChunk, http.RequestAborted);
                Bill(++sent);
                await stream.SendPieceAsync(part, index, piece);
            }

            await stream.EndPartAsync(part, index);
        }

        if (await BreaksOffAsync(stream, sent))
            return;
        await PaceAsync(sent);
        line.SayUsage(await stream.CloseAsync());
        await CompleteAsync();
    }

    private async Task WaitAsync()
    {
        if (script.HangBeforeFirstByte)
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        await Task.Delay(script.FirstByteDelay, http.RequestAborted);
    }

    private Task PaceAsync(int sent) =>
        script.BeforeChunk?.Invoke(sent, http.RequestAborted) ?? Task.CompletedTask;

    private async Task<bool> BreaksOffAsync(IAnswerStream stream, int sent)
    {
        if (script.CutAfterChunks == sent)
        {
            line.End(AttemptOutcome.Broken);
            http.Abort();
            return true;
        }

        if (script.ErrorAfterChunks == sent)
        {
            line.End(AttemptOutcome.Broken);
            await stream.FailAsync();
            return true;
        }

        return false;
    }

    /// <summary>Charges for the first tokens, of which a stream speaks before it brings any.</summary>
    public void BillFirst(int completion)
    {
        _first = Math.Min(completion, Usage.Completion);
        Bill(0);
    }

    // What has been generated is charged for, whether or not anybody stays to read it.
    private void Bill(int pieces)
    {
        UsedSoFar = Usage with
        {
            Completion = Math.Max(_first, Usage.Completion * pieces / Math.Max(1, Answer.Pieces)),
            Reasoning = Usage.Reasoning * pieces / Math.Max(1, Answer.Pieces),
        };
        line.Bill(UsedSoFar);
    }

    private async Task CompleteAsync()
    {
        await http.Response.CompleteAsync();
        // A write to a caller that is gone succeeds: only the token tells.
        http.RequestAborted.ThrowIfCancellationRequested();
        line.End(AttemptOutcome.Completed);
    }
}
