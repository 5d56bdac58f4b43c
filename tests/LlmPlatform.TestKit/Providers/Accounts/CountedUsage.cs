namespace LlmPlatform.TestKit.Providers.Accounts;

/// <summary>What a provider counted of one model by one key on one day.</summary>
public sealed record CountedUsage(DateOnly Day, string Model, string KeyId)
{
    public string ServiceTier { get; init; } = "default";

    /// <summary>Tokens that no cache served or took.</summary>
    public long Input { get; init; }

    public long CacheRead { get; init; }

    public long CacheWrite5m { get; init; }

    public long CacheWrite1h { get; init; }

    public long Output { get; init; }
}
