using System.Buffers;
using System.Text;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>Text from a provider of another protocol: both ways are translated.</summary>
internal sealed class GenerationTranslation(GenerationApi api, GatewayCall call, UpstreamTarget target)
    : Exchange(target)
{
    private readonly InboundRequest _inbound = call.Request!;
    private readonly string _requestId = call.RequestIdText;
    private GenerationRequest? _request;

    /// <inheritdoc />
    public override bool PassesThrough => false;

    /// <inheritdoc />
    public override void WriteRequest(IBufferWriter<byte> output)
    {
        var request = call.Generation ??= _inbound.ReadGeneration();
        _request = request with { MaxOutputTokens = Target.OutputBound ?? request.MaxOutputTokens };
        Target.Adapter.WriteGeneration(_request, Target, output);
    }

    /// <inheritdoc />
    public override StreamPassage OpenStream() => new StreamTranslation(
        Target.Adapter.OpenFraming(),
        api.OpenWriter(_inbound, _requestId),
        sink => Target.Adapter.OpenReader(_request!, sink));

    /// <inheritdoc />
    public override AnswerFacts ReadAnswer(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        var gathered = new Answer();
        var reader = Target.Adapter.OpenReader(_request!, gathered);
        try
        {
            if (!reader.ReadWhole(answer))
            {
                return new AnswerFacts(IsAnswer: false);
            }
        }
        catch (Exception broken) when (UnreadableAnswer.Is(broken))
        {
            return new AnswerFacts(IsAnswer: false);
        }

        if (gathered.Fault is null)
        {
            api.WriteAnswer(gathered, _inbound, _requestId, output);
        }

        return new AnswerFacts(IsAnswer: true)
        {
            Fault = gathered.Fault,
            Usage = gathered.Usage,
            ProviderRequestId = reader.ProviderRequestId ?? gathered.Head.Id,
            ContentBytes = gathered.Choices.Sum(choice => choice.Parts.Sum(ContentBytes)),
        };
    }

    private static long ContentBytes(ContentPart part) => part switch
    {
        ContentPart.Text text => Encoding.UTF8.GetByteCount(text.Value),
        ContentPart.Thinking thinking => Encoding.UTF8.GetByteCount(thinking.Value),
        ContentPart.Refusal refusal => Encoding.UTF8.GetByteCount(refusal.Value),
        ContentPart.ToolCall call => Encoding.UTF8.GetByteCount(call.Arguments),
        _ => 0,
    };
}
