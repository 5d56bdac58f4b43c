using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>A completion in chunks.</summary>
internal sealed class CompletionStream(ProviderCall call) : IAnswerStream
{
    private readonly ServerSentEvents _events = new(call.Http);
    private readonly bool _usageWanted =
        !call.Script.OmitUsage && (call.Attempt.Body.Member("stream_options")?.IsTrue("include_usage") ?? false);

    public string ContentType => ServerSentEvents.ContentType;

    public Task OpenAsync() => Task.CompletedTask;

    public Task BeginPartAsync(AnswerPart part, int index) => Task.CompletedTask;

    public Task SendPieceAsync(AnswerPart part, int index, int piece) => SendAsync(part.Pieces[piece], null);

    public Task EndPartAsync(AnswerPart part, int index) => Task.CompletedTask;

    public async Task<bool> CloseAsync()
    {
        await SendAsync("", Completions.FinishReason(call));
        if (_usageWanted)
        {
            var last = Completions.Envelope(call, null, null);
            last["usage"] = Completions.UsageObject(call);
            await _events.SendAsync(last);
        }

        await _events.SendAsync("[DONE]");
        return _usageWanted;
    }

    public Task FailAsync() => _events.SendAsync(
        new OpenAiProtocol().ErrorBody(new ProviderRefusal(500, "The model broke off.")));

    private Task SendAsync(string text, string? finishReason)
    {
        var chunk = Completions.Envelope(call, text, finishReason);
        if (_usageWanted)
            chunk["usage"] = null;
        return _events.SendAsync(chunk);
    }
}
