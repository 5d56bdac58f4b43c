using System.Net;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// What a limit or a budget is about, written <c>global</c> or <c>kind:name</c>: <c>tenant:acme</c>,
/// <c>team:acme/search</c>, <c>route:/v1/embeddings</c>, <c>model:deepseek-r1:7b</c>, <c>key_model:ci/gpt-4o</c>,
/// <c>ip:10.0.0.7</c>.
/// </summary>
/// <param name="Kind">Which kind of thing.</param>
/// <param name="Name">
/// Which one; empty for <see cref="ScopeKind.Global"/>, <c>tenant/team</c> for a team, <c>key/model</c> for both.
/// </param>
public sealed record ScopeReference(ScopeKind Kind, string Name)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Everything that passes.</summary>
    public static ScopeReference Global { get; } = new(ScopeKind.Global, string.Empty);

    /// <summary>The tenant this scope names or lies in; null for scopes that do not say.</summary>
    public string? TenantName => Kind switch
    {
        ScopeKind.Tenant => Name,
        ScopeKind.Team => Name[..Name.IndexOf('/', StringComparison.Ordinal)],
        _ => null,
    };

    /// <summary>The team this scope names, without its tenant; null for other scopes.</summary>
    public string? TeamName =>
        Kind == ScopeKind.Team ? Name[(Name.IndexOf('/', StringComparison.Ordinal) + 1)..] : null;

    /// <summary>Reads a scope as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="scope">The scope; <see cref="Global"/> when it cannot be read.</param>
    /// <returns>False when the kind is unknown or the name is missing, too long or of the wrong form.</returns>
    public static bool TryParse(string? text, out ScopeReference scope)
    {
        scope = Global;
        if (text is null)
            return false;
        if (text == "global")
            return true;

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !EnumText.TryParse<ScopeKind>(text[..colon], out var kind) || kind == ScopeKind.Global)
            return false;

        var name = text[(colon + 1)..];
        if (!IsWellFormed(kind, name))
            return false;

        scope = new ScopeReference(kind, name);
        return true;
    }

    /// <summary>The scope as the file writes it.</summary>
    /// <returns>Text such as <c>team:acme/search</c>.</returns>
    public override string ToString() => Kind == ScopeKind.Global ? "global" : $"{EnumText.Of(Kind)}:{Name}";

    private static bool IsWellFormed(ScopeKind kind, string name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return false;
        if (name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
            return false;

        return kind switch
        {
            ScopeKind.Route => name[0] == '/',
            ScopeKind.Team => name.Split('/') is [{ Length: > 0 }, { Length: > 0 }],
            ScopeKind.KeyModel => name.Split('/', 2) is [{ Length: > 0 }, { Length: > 0 }],
            ScopeKind.Ip => IPAddress.TryParse(name, out var address) && address.ToString() == name,
            _ => true,
        };
    }
}
