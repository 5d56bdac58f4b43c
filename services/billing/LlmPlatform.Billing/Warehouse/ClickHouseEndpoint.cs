namespace LlmPlatform.Billing.Warehouse;

/// <summary>Where ClickHouse answers and who we are there, read from <c>LLM_PLATFORM_CLICKHOUSE</c>.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="Database">The database all statements run in. Default <c>llm_platform</c>.</param>
/// <param name="User">Empty: the server's default user.</param>
/// <param name="Password">A secret.</param>
internal sealed record ClickHouseEndpoint(Uri Address, string Database, string User, string Password)
{
    private const string DefaultDatabase = "llm_platform";

    /// <summary>Reads <c>http://[user:password@]host:port[/database]</c>.</summary>
    /// <exception cref="FormatException">It is not written so; the text itself, a secret, is not repeated.</exception>
    public static ClickHouseEndpoint Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new FormatException(
                "LLM_PLATFORM_CLICKHOUSE is not an address: write it like http://user:password@host:8123/database.");
        }

        var database = url.AbsolutePath.Trim('/');
        if (!database.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            throw new FormatException("LLM_PLATFORM_CLICKHOUSE names a database that is not letters, digits and '_'.");
        }

        var credentials = url.UserInfo.Split(':', 2);
        return new ClickHouseEndpoint(
            new UriBuilder(url.Scheme, url.Host, url.Port).Uri,
            database.Length == 0 ? DefaultDatabase : database,
            Uri.UnescapeDataString(credentials[0]),
            credentials.Length == 2 ? Uri.UnescapeDataString(credentials[1]) : "");
    }

    /// <summary>Without the password, so that a log can hold it.</summary>
    public override string ToString() => $"{Address}{Database}";
}
