using Microsoft.Extensions.ObjectPool;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// The keys and arguments of one command, written straight into a reused buffer: no allocation an argument. Rent it, fill
/// it, await the command, dispose it, and do not touch it afterwards. For one thread at a time. A filled instance may be
/// sent again, or cleared and filled anew.
/// </summary>
public sealed class RedisArguments : IDisposable
{
    private const int InitialBytes = 4_096;
    private const int KeepBytesMax = 65_536;
    private const int PoolSizeMax = 256;

    private static readonly ObjectPool<RedisArguments> Pool =
        new DefaultObjectPool<RedisArguments>(new Policy(), PoolSizeMax);

    private readonly RespBuffer _buffer = new(InitialBytes);
    private bool _rented;

    private RedisArguments()
    {
    }

    /// <summary>How many keys have been added.</summary>
    public int KeyCount { get; private set; }

    /// <summary>How many keys and arguments have been added.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<byte> Written => _rented
        ? _buffer.Written
        : throw new ObjectDisposedException(nameof(RedisArguments));

    /// <summary>An empty instance; dispose it when the command has been awaited.</summary>
    public static RedisArguments Rent()
    {
        var arguments = Pool.Get();
        arguments._rented = true;
        return arguments;
    }

    /// <summary>Adds a key. Keys come before arguments.</summary>
    /// <exception cref="InvalidOperationException">An argument has been added already.</exception>
    public RedisArguments Key(string key)
    {
        CountKey();
        _buffer.Bulk(key);
        return this;
    }

    /// <inheritdoc cref="Key(string)"/>
    public RedisArguments Key(ReadOnlySpan<byte> key)
    {
        CountKey();
        _buffer.Bulk(key);
        return this;
    }

    /// <summary>Adds an argument.</summary>
    public RedisArguments Argument(string value)
    {
        _buffer.Bulk(value);
        Count++;
        return this;
    }

    /// <inheritdoc cref="Argument(string)"/>
    public RedisArguments Argument(ReadOnlySpan<byte> value)
    {
        _buffer.Bulk(value);
        Count++;
        return this;
    }

    /// <summary>Adds an integer, in decimal digits.</summary>
    public RedisArguments Argument(long value)
    {
        _buffer.Bulk(value);
        Count++;
        return this;
    }

    /// <summary>Removes all keys and arguments.</summary>
    public void Clear()
    {
        _buffer.Clear(KeepBytesMax);
        KeyCount = 0;
        Count = 0;
    }

    /// <summary>Gives the instance back for reuse.</summary>
    public void Dispose()
    {
        if (!_rented)
            return;
        _rented = false;
        Clear();
        Pool.Return(this);
    }

    private void CountKey()
    {
        if (KeyCount != Count)
            throw new InvalidOperationException("Keys come before arguments.");
        KeyCount++;
        Count++;
    }

    private sealed class Policy : PooledObjectPolicy<RedisArguments>
    {
        public override RedisArguments Create() => new();

        public override bool Return(RedisArguments obj) => true;
    }
}
