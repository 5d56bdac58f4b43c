namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class KeySection
{
    private const int MinSecretLength = 16;
    private const int MaxSecretLength = 512;

    public static KeyConfiguration Read(SectionReader key)
    {
        var (after, at) = ReadExpiry(key);
        return new KeyConfiguration
        {
            Name = key.Name("name"),
            Tenant = key.Text("tenant"),
            Team = key.OptionalText("team"),
            User = key.OptionalName("user", "@+"),
            Secret = ReadSecret(key),
            Models = key.Globs("models") ?? GlobList.Everything,
            ExpiresAfter = after,
            ExpiresAt = at,
            Role = key.Choice("role", KeyRole.User),
            Metadata = ReadMetadata(key),
            Line = key.Line,
        };
    }

    private static IReadOnlyDictionary<string, string> ReadMetadata(SectionReader key)
    {
        var metadata = key.TextMap("metadata");
        if (metadata.TryGetValue(TagText.MetadataEntry, out var tags) && !TagText.TryParse(tags, out _))
            key.Fault($"metadata.{TagText.MetadataEntry}", $"must be {TagText.Form}.");
        return metadata;
    }

    private static Secret ReadSecret(SectionReader key)
    {
        var secret = key.Secret("secret");
        var text = secret.Reveal();
        if (text.Length is > 0 and (< MinSecretLength or > MaxSecretLength))
            key.Fault(
                "secret", $"must have {MinSecretLength} to {MaxSecretLength} characters; a short one can be guessed.");
        if (text.Any(letter => letter is <= ' ' or > '~'))
            key.Fault("secret", "holds a space or a sign that no HTTP header carries; use plain ASCII.");
        return secret;
    }

    private static (TimeSpan? After, DateTimeOffset? At) ReadExpiry(SectionReader key)
    {
        if (key.Value("expires") is not { } text)
            return (null, null);
        if (MomentText.TryParse(text.Value, out var moment))
            return (null, moment);
        return (key.OptionalDuration("expires", TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)), null);
    }
}
