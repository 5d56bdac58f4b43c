using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Redis;

/// <summary>A Lua script. Make it once and keep it: its SHA-1 and the bytes that call it are computed here.</summary>
public sealed class RedisScript
{
    private RedisScript(string name, byte[] source)
    {
        Name = name;
        Sha1 = Digest(source);
        CallHead = Head("EVALSHA"u8, Encoding.ASCII.GetBytes(Sha1));
        LoadHead = Head("EVAL"u8, source);
    }

    /// <summary>What the script is called in errors.</summary>
    public string Name { get; }

    /// <summary>The SHA-1 of the source, in lower-case hexadecimal: how the server names the script.</summary>
    public string Sha1 { get; }

    /// <summary><c>EVALSHA</c> and the SHA-1, as RESP.</summary>
    internal byte[] CallHead { get; }

    /// <summary><c>EVAL</c> and the source, as RESP; the server keeps the script from then on.</summary>
    internal byte[] LoadHead { get; }

    /// <param name="name">What the script is called in errors.</param>
    /// <param name="text">The Lua source.</param>
    public static RedisScript FromText(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a script that is embedded in an assembly.</summary>
    /// <param name="assembly">The assembly that embeds it.</param>
    /// <param name="name">The resource's name or its end from a dot on, such as <c>Admission.reserve.lua</c>.</param>
    /// <exception cref="ArgumentException">No resource has that name, or more than one has.</exception>
    public static RedisScript FromEmbedded(Assembly assembly, string name)
    {
        var matches = assembly.GetManifestResourceNames()
            .Where(resource => resource == name || resource.EndsWith('.' + name, StringComparison.Ordinal))
            .ToArray();
        if (matches.Length != 1)
            throw new ArgumentException(
                $"{matches.Length} embedded resources of {assembly.GetName().Name} are named '{name}', not one.",
                nameof(name));

        using var stream = assembly.GetManifestResourceStream(matches[0])!;
        var source = new byte[stream.Length];
        stream.ReadExactly(source);
        return new RedisScript(name, source.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? source[3..] : source);
    }

    private static byte[] Head(ReadOnlySpan<byte> command, ReadOnlySpan<byte> argument)
    {
        var buffer = new RespBuffer(command.Length + argument.Length + 64);
        buffer.Bulk(command);
        buffer.Bulk(argument);
        return buffer.Written.ToArray();
    }

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by SHA-1; it is not used for security.")]
    private static string Digest(byte[] source) => Convert.ToHexStringLower(SHA1.HashData(source));
}
