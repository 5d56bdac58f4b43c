using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>What a whole answer says of itself.</summary>
/// <param name="IsAnswer">False when it is nothing its protocol knows: another provider may serve.</param>
internal readonly record struct AnswerFacts(bool IsAnswer)
{
    /// <summary>Set when it is an error under the status 200.</summary>
    public ProviderFault? Fault { get; init; }

    /// <summary>What was consumed; null when it does not say.</summary>
    public UsageReport? Usage { get; init; }

    /// <summary>The provider's id of the exchange.</summary>
    public string? ProviderRequestId { get; init; }

    /// <summary>Bytes of text, thoughts and tool arguments: our own count stands on them.</summary>
    public long ContentBytes { get; init; }
}
