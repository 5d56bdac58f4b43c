namespace LlmPlatform.Router.Client;

/// <summary>What the router and those who follow its snapshot must spell alike.</summary>
public static class RoutingSnapshots
{
    /// <summary>The snapshot's name in addresses and files.</summary>
    public const string Name = "routing";

    /// <summary>The service that serves it.</summary>
    public const string Owner = "router";

    /// <summary>
    /// What a provider's credential is bound to: it is encrypted and decrypted with this text beside it.
    /// </summary>
    /// <param name="provider">The provider's configured name.</param>
    public static string CredentialOf(string provider) => "provider:" + provider;

    /// <summary>What the headers of a provider are bound to.</summary>
    /// <param name="provider">The provider's configured name.</param>
    public static string HeadersOf(string provider) => "provider-headers:" + provider;
}
