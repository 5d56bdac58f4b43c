using LlmPlatform.Billing.Proposals;

namespace LlmPlatform.Billing.Pricing;

/// <summary>What became of an imported price file.</summary>
internal sealed record PriceImportResponse
{
    /// <summary>To be approved; null when nothing would change.</summary>
    public ProposalResponse? Proposal { get; init; }

    /// <summary>Deployments whose price would change.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Deployments priced as the file says already.</summary>
    public required IReadOnlyList<string> Unchanged { get; init; }

    /// <summary>Deployments whose price the configuration file declares: change it there.</summary>
    public required IReadOnlyList<string> DeclaredInFile { get; init; }

    /// <summary>Deployments the file does not know.</summary>
    public required IReadOnlyList<string> NotFound { get; init; }
}
