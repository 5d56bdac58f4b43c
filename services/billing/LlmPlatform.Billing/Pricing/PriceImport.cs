using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>What a price file says about the deployments that are configured here.</summary>
/// <param name="Prices">Those whose price would change, to be proposed.</param>
/// <param name="Unchanged">Deployments the file prices as they are priced already.</param>
/// <param name="DeclaredInFile">Deployments whose price the configuration file declares, which stays.</param>
/// <param name="NotFound">Deployments the file does not know.</param>
internal sealed record PriceImport(
    IReadOnlyList<ProposedPrice> Prices,
    IReadOnlyList<string> Unchanged,
    IReadOnlyList<string> DeclaredInFile,
    IReadOnlyList<string> NotFound)
{
    /// <summary>Compares a file with the book.</summary>
    public static PriceImport Compare(
        LiteLlmPrices file, PlatformConfiguration configuration, PriceHistory? book, DateTimeOffset effectiveFrom)
    {
        var prices = new List<ProposedPrice>();
        var (unchanged, declared, missing) = (new List<string>(), new List<string>(), new List<string>());
        var declaredSkus = DeclaredPrices.Of(configuration).Select(price => price.Sku).ToHashSet();
        foreach (var (sku, names) in Deployments(configuration))
        {
            if (declaredSkus.Contains(sku))
            {
                declared.Add(sku);
            }
            else if (file.Find(sku, effectiveFrom, names) is not { } proposed)
            {
                missing.Add(sku);
            }
            else if (book?.FindAsKnownNow(sku, effectiveFrom) is { } current && IsSame(current, proposed.ToPrice()))
            {
                unchanged.Add(sku);
            }
            else
            {
                prices.Add(proposed);
            }
        }

        return new PriceImport(prices, unchanged, declared, missing);
    }

    private static IEnumerable<(string Sku, string[] Names)> Deployments(PlatformConfiguration configuration) =>
        from model in configuration.Models
        from deployment in model.Deployments
        let kind = configuration.Providers.FirstOrDefault(provider => provider.Name == deployment.Provider)?.Kind
        let sku = PriceSku.For(model.Name, deployment.Provider, deployment.Model)
        group (deployment, kind) by sku into same
        let one = same.First()
        select (same.Key, new[]
        {
            $"{PrefixOf(one.kind) ?? one.deployment.Provider}/{one.deployment.Model}",
            $"{one.deployment.Provider}/{one.deployment.Model}",
            one.deployment.Model,
        });

    private static string? PrefixOf(ProviderKind? kind) => kind switch
    {
        ProviderKind.AzureOpenAi => "azure",
        ProviderKind.Vertex => "vertex_ai",
        ProviderKind.Bedrock => "bedrock",
        ProviderKind.Gemini => "gemini",
        ProviderKind.Anthropic => "anthropic",
        ProviderKind.OpenAi => "openai",
        _ => null,
    };

    private static bool IsSame(Price current, Price proposed) =>
        PriceVersionId.Of(proposed with { EffectiveFrom = current.EffectiveFrom }) == current.VersionId;
}
