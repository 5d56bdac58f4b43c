using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>An account at a provider whose own figures are compared with ours.</summary>
internal sealed class ProviderAccount
{
    /// <summary>The provider's name in the configuration.</summary>
    [Required]
    public string Provider { get; init; } = "";

    /// <summary>Whose API it speaks: <c>openai</c> or <c>anthropic</c>.</summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>
    /// Default the vendor's own: <c>https://api.openai.com/v1</c>, <c>https://api.anthropic.com/v1</c>.
    /// </summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>A key that may read the organization's usage and costs; no key that models are called with.</summary>
    [Required]
    public string AdminKey { get; init; } = "";

    /// <summary>
    /// The ids of the keys that the gateway calls with, as the provider names them: traffic of any other went past it.
    /// Empty: it cannot be told apart.
    /// </summary>
    public IReadOnlyList<string> GatewayKeyIds { get; init; } = [];
}
