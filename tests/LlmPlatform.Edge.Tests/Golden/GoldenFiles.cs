using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Edge.Tests.Golden;

/// <summary>
/// The fixtures, beside this file: what callers ask (<c>requests/&lt;api&gt;/&lt;case&gt;.json</c>), what providers
/// answer (<c>upstream/&lt;wire&gt;/&lt;case&gt;.json</c> whole, <c>.sse</c> streamed) and what becomes of both
/// (<c>expected/&lt;api&gt;/&lt;wire&gt;/</c>). With GOLDEN_UPDATE=1 the last are written anew, to be read by a person.
/// </summary>
internal static class GoldenFiles
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly bool IsUpdate = Environment.GetEnvironmentVariable("GOLDEN_UPDATE") == "1";

    private static string Root { get; } = Here();

    /// <summary>Every API, wire and case of which a request and an answer exist.</summary>
    public static IEnumerable<(string Api, string Wire, string Case)> Pairs() =>
        from api in Folders("requests")
        from wire in Folders("upstream")
        from name in Cases($"requests/{api}").Intersect(Cases($"upstream/{wire}"))
        where GoldenWires.Find(wire, GoldenApis.All[api].Wire) is not null
        select (api, wire, name);

    public static IEnumerable<string> Folders(string under) =>
        Directory.EnumerateDirectories(Path.Combine(Root, under)).Select(path => Path.GetFileName(path)).Order();

    /// <summary>The caller's body; with <c>"stream":true</c> where it is to be streamed.</summary>
    public static byte[] Request(string api, string name, bool stream)
    {
        var text = File.ReadAllText(Path.Combine(Root, "requests", api, $"{name}.json"));
        if (!stream)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var end = text.LastIndexOf('}');
        return Encoding.UTF8.GetBytes($"{text[..end].TrimEnd()},\n  \"stream\": true\n}}\n");
    }

    /// <summary>What the provider answers; null when there is no such fixture.</summary>
    public static string? Upstream(string wire, string name, string extension)
    {
        var path = Path.Combine(Root, "upstream", wire, name + extension);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>Compares with what is expected, or writes it anew.</summary>
    public static void Check(string api, string wire, string file, string actual)
    {
        var path = Path.Combine(Root, "expected", api, wire, file);
        if (IsUpdate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing. GOLDEN_UPDATE=1 writes it; then read it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>JSON as a person reads it.</summary>
    public static string Pretty(JsonNode? node) => (node?.ToJsonString(Readable) ?? "null") + "\n";

    private static IEnumerable<string> Cases(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder))
            .Select(path => Path.GetFileNameWithoutExtension(path)).Distinct().Order();

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
