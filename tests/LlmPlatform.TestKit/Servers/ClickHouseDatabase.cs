namespace LlmPlatform.TestKit.Servers;

/// <summary>A fresh database on the shared ClickHouse server.</summary>
/// <param name="BaseUrl"><c>http://host:port</c>.</param>
/// <param name="Name">Of the database.</param>
public sealed record ClickHouseDatabase(string BaseUrl, string Name)
{
    /// <summary>Both, as <c>LLM_PLATFORM_CLICKHOUSE</c> takes them: <c>http://host:port/name</c>.</summary>
    public string Url => $"{BaseUrl}/{Name}";
}
