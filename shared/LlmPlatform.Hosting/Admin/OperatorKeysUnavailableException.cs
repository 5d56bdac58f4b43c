namespace LlmPlatform.Hosting.Admin;

/// <summary>Keys cannot be looked up at the moment.</summary>
public sealed class OperatorKeysUnavailableException(string message, Exception? cause = null)
    : Exception(message, cause);
