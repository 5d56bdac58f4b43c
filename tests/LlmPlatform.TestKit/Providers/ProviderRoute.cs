namespace LlmPlatform.TestKit.Providers;

/// <summary>An operation, with what the address says of the call.</summary>
/// <param name="Operation">What is asked for.</param>
/// <param name="Model">The model, where it is in the path and not in the body.</param>
/// <param name="Streamed">Whether the path says that the answer is streamed.</param>
/// <param name="Version">Which version of the API is asked for, where a header says so.</param>
internal sealed record ProviderRoute(
    IProviderOperation Operation, string? Model = null, bool Streamed = false, string? Version = null);
