namespace LlmPlatform.Hosting;

/// <summary>The servers a service may stand on.</summary>
[Flags]
public enum ServerKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>PostgreSQL, from <c>LLM_PLATFORM_POSTGRES</c>.</summary>
    Postgres = 1,

    /// <summary>RabbitMQ, from <c>LLM_PLATFORM_RABBITMQ</c>.</summary>
    RabbitMq = 2,

    /// <summary>Redis, from <c>LLM_PLATFORM_REDIS</c>.</summary>
    Redis = 4,

    /// <summary>ClickHouse, from <c>LLM_PLATFORM_CLICKHOUSE</c>.</summary>
    ClickHouse = 8,
}
