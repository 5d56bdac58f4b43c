using System.Collections.Concurrent;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;

namespace LlmPlatform.Hosting.Tests.Admin;

/// <summary>Knows the keys that a test lists, and how often it was asked.</summary>
internal sealed class ListedKeys : IOperatorKeys
{
    private readonly ConcurrentDictionary<string, OperatorKey> _keys = new();
    private int _questions;

    public int Questions => _questions;

    public bool IsAway { get; set; }

    public void List(string secret, KeyRole role, string tenant = "acme") =>
        _keys[SecretHash.Of(secret)] = new OperatorKey("key_" + secret, secret, tenant, role);

    public void Strike(string secret) => _keys.TryRemove(SecretHash.Of(secret), out _);

    public ValueTask<OperatorKey?> FindAsync(string secretHash, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _questions);
        return IsAway
            ? throw new OperatorKeysUnavailableException("away")
            : ValueTask.FromResult(_keys.GetValueOrDefault(secretHash));
    }
}
