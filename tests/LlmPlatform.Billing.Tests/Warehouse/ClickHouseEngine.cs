namespace LlmPlatform.Billing.Tests.Warehouse;

/// <summary>The two ends of what the warehouse runs on.</summary>
public enum ClickHouseEngine
{
    /// <summary>18.16, the server that the distribution has.</summary>
    Oldest,

    /// <summary>26, as a library: see <see cref="CurrentClickHouse"/>.</summary>
    Current,
}
