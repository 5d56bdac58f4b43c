namespace LlmPlatform.Hosting.Configuration;

/// <summary>Section <c>auth</c>: who may call without a virtual key.</summary>
public sealed record AuthConfiguration
{
    /// <summary>Issuers whose tokens are accepted as bearer. Default none.</summary>
    public IReadOnlyList<JwtIssuerConfiguration> Jwt { get; init; } = [];
}
