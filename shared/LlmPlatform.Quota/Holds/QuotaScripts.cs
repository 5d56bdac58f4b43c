using System.Reflection;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>The Lua scripts, each with the functions they share in front: Redis has no modules.</summary>
internal static class QuotaScripts
{
    private static readonly string Shared = Read("holds.lua");

    internal static RedisScript Reserve { get; } = Load("reserve.lua");

    internal static RedisScript Settle { get; } = Load("settle.lua");

    /// <summary>Many settles in one call: the same body, once for each.</summary>
    internal static RedisScript SettleBatch { get; } = RedisScript.FromText(
        "settle_batch.lua",
        $"{Shared}local function settle(KEYS, ARGV)\n{Read("settle.lua")}\nend\n{Read("settle_batch.lua")}");

    internal static RedisScript Release { get; } = Load("release.lua");

    internal static RedisScript Renew { get; } = Load("renew.lua");

    internal static RedisScript Expire { get; } = Load("expire.lua");

    internal static RedisScript Withdraw { get; } = Load("withdraw.lua");

    private static RedisScript Load(string name) => RedisScript.FromText(name, Shared + Read(name));

    private static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"LlmPlatform.Quota.Holds.{name}")
            ?? throw new InvalidOperationException($"The script {name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
