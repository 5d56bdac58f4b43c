using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>Generated content in chunks, each with the usage so far; the stream just ends.</summary>
internal sealed class ContentStream(ProviderCall call, ContentAnswer answer) : IAnswerStream
{
    public string ContentType => "text/event-stream";

    public Task OpenAsync() => Task.CompletedTask;

    public Task BeginPartAsync(AnswerPart part, int index) => Task.CompletedTask;

    public Task SendPieceAsync(AnswerPart part, int index, int piece) => part.Kind switch
    {
        AnswerPartKind.ToolCall => Task.CompletedTask,
        AnswerPartKind.Thought => SendPartAsync(ContentAnswer.Thought(part.Pieces[piece])),
        _ => SendPartAsync(ContentAnswer.Text(part.Pieces[piece])),
    };

    public Task EndPartAsync(AnswerPart part, int index) => part.Kind == AnswerPartKind.ToolCall
        ? SendPartAsync(answer.FunctionCall(part))
        : Task.CompletedTask;

    public async Task<bool> CloseAsync()
    {
        await SendAsync(answer.Chunk(new JsonArray(answer.LastText()), answer.FinishReason, call.Usage));
        return !call.Script.OmitUsage;
    }

    public Task FailAsync() => SendAsync(
        new GeminiProtocol().ErrorBody(new ProviderRefusal(503, "The model is overloaded. Please try again later.")));

    private Task SendPartAsync(JsonObject part) =>
        SendAsync(answer.Chunk(new JsonArray(part), null, call.UsedSoFar));

    // Lines end as this vendor ends them.
    private async Task SendAsync(JsonObject data)
    {
        await call.Http.Response.WriteAsync($"data: {data.ToJsonString()}\r\n\r\n", call.Http.RequestAborted);
        await call.Http.Response.Body.FlushAsync(call.Http.RequestAborted);
    }
}
