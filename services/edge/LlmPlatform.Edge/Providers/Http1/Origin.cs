namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>What a connection leads to.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">In ASCII; an IPv6 address without brackets.</param>
/// <param name="Port">The port.</param>
internal readonly record struct Origin(string Scheme, string Host, int Port)
{
    /// <summary>Whether TLS is spoken.</summary>
    public bool IsSecure => Scheme == Uri.UriSchemeHttps;

    /// <summary>As an address.</summary>
    public Uri Address => new UriBuilder(Scheme, Host, Port).Uri;

    /// <summary>Whether an address is on it.</summary>
    public bool Holds(Uri address) =>
        Port == address.Port && Scheme == address.Scheme && Host == address.IdnHost;
}
