namespace LlmPlatform.Money.Pricing;

/// <summary>
/// The price book's key: a published model as served by one provider's model, <c>gpt-4o@openai/gpt-4o-2024-11-20</c>.
/// </summary>
public static class PriceSku
{
    /// <summary>The key of a deployment.</summary>
    public static string For(string publishedModel, string provider, string providerModel) =>
        $"{publishedModel}@{provider}/{providerModel}";
}
