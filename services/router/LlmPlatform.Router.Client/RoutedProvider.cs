namespace LlmPlatform.Router.Client;

/// <summary>A provider as an edge calls it.</summary>
public sealed record RoutedProvider
{
    /// <summary>Its configured name.</summary>
    public required string Name { get; init; }

    /// <summary>As the configuration spells it: <c>openai_compatible</c>, <c>simulated</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>What paths are appended to; null where the kind needs none.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>
    /// The credential, encrypted and bound to <c>provider:&lt;name&gt;</c>; null where none is needed.
    /// </summary>
    public string? EncryptedApiKey { get; init; }

    /// <summary>For a whole call.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Until the first byte of a stream; an answer that is not streamed has <see cref="Timeout"/>.</summary>
    public required TimeSpan FirstByteTimeout { get; init; }

    /// <summary>Between two bytes of the answer.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>Where it runs, for residency rules.</summary>
    public string? Region { get; init; }

    /// <summary>True when data sent to it never leaves the house.</summary>
    public bool Local { get; init; }

    /// <summary>False while its health probes fail: its deployments are tried last.</summary>
    public required bool Up { get; init; }
}
