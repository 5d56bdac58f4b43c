namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Whose key it is that was shown to the admin API. The service that owns keys looks into its own store; every other
/// one asks it, and remembers the answer for a moment.
/// </summary>
public interface IOperatorKeys
{
    /// <summary>Finds a key that is good now.</summary>
    /// <param name="secretHash">The <see cref="Security.SecretHash"/> of what was shown.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>Null when no key that is good now has such a secret.</returns>
    /// <exception cref="OperatorKeysUnavailableException">It cannot be known at the moment.</exception>
    ValueTask<OperatorKey?> FindAsync(string secretHash, CancellationToken cancellationToken);
}
