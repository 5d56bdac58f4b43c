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

    /// <summary>
    /// The credential; null where the provider asks for none, or is off. For Vertex it is the JSON text of a service
    /// account's key, for Bedrock an API key in place of AWS keys.
    /// </summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The id of the AWS key that signs calls to Bedrock; null where there is none.</summary>
    public Secret? AccessKeyId { get; init; }

    /// <summary>The secret half of <see cref="AccessKeyId"/>; present where that is.</summary>
    public Secret? SecretAccessKey { get; init; }

    /// <summary>What comes with temporary AWS keys; null for lasting ones.</summary>
    public Secret? SessionToken { get; init; }

    /// <summary>The version of the API, such as <c>2024-10-21</c>, for Azure; null when not said.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The Google Cloud project, for Vertex.</summary>
    public string? Project { get; init; }

    /// <summary>
    /// Vertex's location or Bedrock's AWS region, such as <c>eu-central-1</c>: a label of a host name.
    /// </summary>
    public string? Location { get; init; }

    /// <summary>
    /// Whose dialect is spoken, for kind <c>openai_compatible</c>: guessed from the address where the file does not
    /// say. Null for every other kind.
    /// </summary>
    public ProviderVendor? Vendor { get; init; }

    /// <summary>
    /// Sent with every call to this provider. Names are unique whatever their case; a value may hold a credential.
    /// </summary>
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

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

    /// <summary>What is promised of its deployments; null: nothing.</summary>
    public ProviderSloConfiguration? Slo { get; init; }

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
