namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>providers</c>: somebody who runs models.</summary>
public sealed record ProviderConfiguration
{
    /// <summary>Unique name. Holds no <c>:</c> or <c>/</c>, so that <c>provider:model</c> can be told apart.</summary>
    public required string Name { get; init; }

    /// <summary>Which wire it speaks.</summary>
    public required ProviderKind Kind { get; init; }

    /// <summary>
    /// Where it is, path included and without a closing slash, such as <c>https://api.openai.com/v1</c>. Kinds with one
    /// known
    /// address have it as a default. Null for the simulated kind, for kinds that compute it, and for a provider that is
    /// off.
    /// </summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The credential; null where the provider asks for none, or is off.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The longest a whole call may take, 1 s to 1 h. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The longest wait for the first byte of the answer, at most <see cref="Timeout"/>. Default 30 s.
    /// </summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence within an answer, at most <see cref="Timeout"/>. Default 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How it is probed.</summary>
    public ProviderHealthConfiguration Health { get; init; } = new();

    /// <summary>When it is left alone for a while.</summary>
    public ProviderCircuitConfiguration Circuit { get; init; } = new();

    /// <summary>Where it keeps data, such as <c>eu</c>, for residency rules; null when not said.</summary>
    public string? Region { get; init; }

    /// <summary>True when data sent to it never leaves the house: the target of PII routing. Default false.</summary>
    public bool Local { get; init; }

    /// <summary>False when an environment variable it needs is not set; its deployments are then in no model.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Why it is off, naming the variable; null when it is on.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
