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
    /// The credential, encrypted and bound to <see cref="RoutingSnapshots.CredentialOf"/>; null where none is needed.
    /// Opened it is the API key; for <c>vertex</c> the JSON text of a service account's key; for <c>bedrock</c> an API
    /// key or <see cref="AwsKeys"/>.
    /// </summary>
    public string? EncryptedApiKey { get; init; }

    /// <summary>
    /// What to send with every call: a JSON object of names and values, encrypted, since a value may be a credential,
    /// and bound to <see cref="RoutingSnapshots.HeadersOf"/>; null where there is none.
    /// </summary>
    public string? EncryptedHeaders { get; init; }

    /// <summary>The version of the API, for <c>azure_openai</c>; null when not configured.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The Google Cloud project, for <c>vertex</c>.</summary>
    public string? Project { get; init; }

    /// <summary>The location, for <c>vertex</c>, or the AWS region, for <c>bedrock</c>.</summary>
    public string? Location { get; init; }

    /// <summary>
    /// For <c>openai_compatible</c>, whose dialect it speaks, as the configuration spells it: <c>generic</c>,
    /// <c>dashscope</c>, <c>deepseek</c>, … Null for other kinds.
    /// </summary>
    public string? Vendor { get; init; }

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

    /// <summary>Failures in a row that open the circuit of one of its deployments.</summary>
    public int CircuitFailures { get; init; } = 5;

    /// <summary>How long a circuit stays open before one call tries whether the deployment is back.</summary>
    public TimeSpan CircuitRecovery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>False while its health probes fail: its deployments are tried last.</summary>
    public required bool Up { get; init; }
}
