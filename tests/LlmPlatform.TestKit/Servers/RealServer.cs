namespace LlmPlatform.TestKit.Servers;

/// <summary>A kind of server the platform stands on, as <c>scripts/servers.sh</c> starts it.</summary>
public enum RealServer
{
    Postgres,
    RabbitMq,
    Redis,
    ClickHouse,
}
