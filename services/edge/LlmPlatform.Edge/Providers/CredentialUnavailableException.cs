namespace LlmPlatform.Edge.Providers;

/// <summary>
/// No credential for a provider can be had now. The message is for the log of the operator: it names the provider and
/// what failed, never a key.
/// </summary>
internal sealed class CredentialUnavailableException(string message) : Exception(message);
