using System.Reflection;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>The Lua scripts, each with the functions they share in front: Redis has no modules.</summary>
internal static class QuotaScripts
{
    internal static RedisScript Reserve { get; } = Load("reserve", "clock", "amounts", "hold");

    internal static RedisScript Extend { get; } = Load("extend", "clock", "amounts", "hold", "holds");

    internal static RedisScript Settle { get; } = Load("settle", "clock", "hold", "holds");

    /// <summary>Many settles in one call: the same body, once for each.</summary>
    internal static RedisScript SettleBatch { get; } = RedisScript.FromText(
        "settle_batch.lua",
        $"{Read("clock")}{Read("hold")}{Read("holds")}local function settle(KEYS, ARGV)\n{Read("settle")}\nend\n"
        + Read("settle_batch"));

    internal static RedisScript Release { get; } = Load("release", "clock", "hold", "holds");

    internal static RedisScript Renew { get; } = Load("renew", "clock");

    internal static RedisScript Announce { get; } = Load("announce", "clock");

    internal static RedisScript Expire { get; } = Load("expire", "clock", "hold", "holds");

    internal static RedisScript Withdraw { get; } = Load("withdraw", "clock");

    internal static RedisScript Seed { get; } = Load("seed", "clock");

    internal static RedisScript Forget { get; } = Load("forget");

    // Every call makes the functions it has in front anew: each script gets those that it needs.
    private static RedisScript Load(string name, params string[] shared) =>
        RedisScript.FromText($"{name}.lua", string.Concat(shared.Append(name).Select(Read)));

    private static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"LlmPlatform.Quota.Holds.{name}.lua")
            ?? throw new InvalidOperationException($"The script {name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
