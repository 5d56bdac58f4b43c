using System.Globalization;

namespace LlmPlatform.TestKit.Providers;

/// <summary>Why a provider does not answer: what its wire's error object is made of.</summary>
internal sealed class ProviderRefusal(int status, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>What the wire calls this kind of error; null where the status says enough.</summary>
    public string? Kind { get; init; }

    /// <summary>OpenAI's <c>code</c>.</summary>
    public string? Code { get; init; }

    /// <summary>OpenAI's <c>param</c>: the member that is wrong.</summary>
    public string? Param { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same in whole seconds, rounded up.</summary>
    public string? RetryAfterSeconds => RetryAfter is { } wait
        ? Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)
        : null;

    /// <summary>What a test told the provider to answer, and no fault of the request.</summary>
    public bool IsScripted { get; init; }
}
