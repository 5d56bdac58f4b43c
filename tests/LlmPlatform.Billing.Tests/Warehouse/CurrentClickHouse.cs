using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using LlmPlatform.TestKit.Npm;

namespace LlmPlatform.Billing.Tests.Warehouse;

/// <summary>
/// A ClickHouse of this year beside the server of 2018 that the distribution has: the engine that npm's chdb packages
/// as a library, in a process of its own that all tests share, behind the HTTP interface our client speaks.
/// </summary>
internal static class CurrentClickHouse
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Task<Uri>> Server = new(StartAsync);
    private static readonly HttpClient Http = new() { Timeout = Deadline };

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its address, as <c>LLM_PLATFORM_CLICKHOUSE</c> takes it.</returns>
    public static async Task<string> CreateDatabaseAsync()
    {
        var address = await Server.Value;
        var name = $"t{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        using var statement = new StringContent($"CREATE DATABASE {name}");
        using var answer = await Http.PostAsync(address, statement, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return $"{address}{name}";
    }

    // Kept, for it ends when its input does: with this process, and not with the last who refers to it.
    private static Process? _node;

    private static async Task<Uri> StartAsync()
    {
        var folder = await NpmPackages.FolderAsync("tests/LlmPlatform.Billing.Tests/clickhouse", "clickhouse");
        _node = Process.Start(new ProcessStartInfo("node", ["serve.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var port = await _node.StandardOutput.ReadLineAsync().WaitAsync(Deadline)
            ?? throw new InvalidOperationException($"node serve.mjs ended in {folder}: see its error above.");
        return new Uri($"http://127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture)}/");
    }
}
