namespace LlmPlatform.Router.Client;

/// <summary>
/// Everything an edge needs to route: published by the router, immutable, replaced whole. Credentials in it are
/// encrypted.
/// </summary>
public sealed record RoutingSnapshot
{
    /// <summary>Grows with every change of catalogue or health.</summary>
    public required long Version { get; init; }

    /// <summary>How often operators had changed what they added to the file.</summary>
    public long CatalogRevision { get; init; }

    /// <summary>Every provider that is switched on.</summary>
    public required IReadOnlyList<RoutedProvider> Providers { get; init; }

    /// <summary>Every published model that has a deployment.</summary>
    public required IReadOnlyList<RoutedModel> Models { get; init; }

    /// <summary>The rules, in the order they are tried.</summary>
    public IReadOnlyList<RoutedRule> Rules { get; init; } = [];
}
