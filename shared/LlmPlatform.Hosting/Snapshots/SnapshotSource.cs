namespace LlmPlatform.Hosting.Snapshots;

/// <summary>Where a snapshot comes from.</summary>
/// <typeparam name="TSnapshot">The snapshot.</typeparam>
/// <param name="Name">Its name in addresses and files, for example <c>routing</c>.</param>
/// <param name="Owner">The service that serves it, for example <c>router</c>.</param>
/// <param name="VersionOf">Reads the version.</param>
public sealed record SnapshotSource<TSnapshot>(string Name, string Owner, Func<TSnapshot, long> VersionOf);
