namespace LlmPlatform.Hosting.Tests;

public class PlatformEnvironmentTests
{
    private const ServerKinds All =
        ServerKinds.Postgres | ServerKinds.RabbitMq | ServerKinds.Redis | ServerKinds.ClickHouse;

    private readonly Dictionary<string, string> _variables = new()
    {
        ["LLM_PLATFORM_POSTGRES"] = "Host=db;Password=secret-postgres",
        ["LLM_PLATFORM_RABBITMQ"] = "amqp://guest:secret-rabbit@broker/",
        ["LLM_PLATFORM_REDIS"] = "redis:6379,password=secret-redis",
        ["LLM_PLATFORM_CLICKHOUSE"] = "http://default:secret-click@ch:8123/llm",
        ["LLM_PLATFORM_MASTER_KEY"] = "secret-master-key-0123",
        ["LLM_PLATFORM_ENCRYPTION_KEY"] = Convert.ToBase64String(new byte[32]),
    };

    [Fact]
    public void What_is_named_is_read_and_the_rest_has_its_default()
    {
        var environment = Read(All, out var faults);

        Assert.Empty(faults);
        Assert.Equal("Host=db;Password=secret-postgres", environment.Postgres);
        Assert.Equal("amqp://guest:secret-rabbit@broker/", environment.RabbitMq);
        Assert.Equal("redis:6379,password=secret-redis", environment.Redis);
        Assert.Equal("http://default:secret-click@ch:8123/llm", environment.ClickHouse);
        Assert.True(environment.MasterKey.Opens("secret-master-key-0123"));
        Assert.NotNull(environment.Credentials);
        Assert.Equal("config/platform.yaml", environment.ConfigurationFile);
        Assert.Equal(".data", environment.DataDirectory);
        Assert.Null(environment.Listen);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Information, environment.LogLevel);
        Assert.False(environment.LogsJson);
    }

    [Fact]
    public void The_keys_before_are_read_from_variables_of_their_own()
    {
        _variables["LLM_PLATFORM_MASTER_KEY_PREVIOUS"] = "secret-master-key-before";
        _variables["LLM_PLATFORM_ENCRYPTION_KEY_PREVIOUS"] =
            Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

        var environment = Read(All, out var faults);

        Assert.Empty(faults);
        Assert.True(environment.MasterKey.Opens("secret-master-key-before"));
        Assert.NotNull(environment.Credentials);
    }

    [Fact]
    public void Every_missing_variable_is_a_fault_that_names_it()
    {
        _variables.Clear();
        Read(All, out var faults);

        foreach (var name in new[] { "POSTGRES", "RABBITMQ", "REDIS", "CLICKHOUSE", "MASTER_KEY", "ENCRYPTION_KEY" })
            Assert.Single(faults, fault => fault.StartsWith($"LLM_PLATFORM_{name} is not ", StringComparison.Ordinal));
        Assert.Equal(6, faults.Count);
    }

    [Fact]
    public void A_server_that_nobody_needs_may_be_absent()
    {
        _variables.Remove("LLM_PLATFORM_POSTGRES");
        _variables.Remove("LLM_PLATFORM_CLICKHOUSE");

        var environment = Read(ServerKinds.RabbitMq | ServerKinds.Redis, out var faults);

        Assert.Empty(faults);
        Assert.Equal("", environment.Postgres);
    }

    [Theory]
    [InlineData("POSTGRES", "postgres://me:secret-x@db/llm")]
    [InlineData("POSTGRES", "Password=secret-x")]
    [InlineData("RABBITMQ", "secret-x@broker:5672")]
    [InlineData("RABBITMQ", "http://me:secret-x@broker")]
    [InlineData("REDIS", "redis://me:secret-x@redis")]
    [InlineData("REDIS", "redis:6379,password=secret-x,secret-x")]
    [InlineData("REDIS", "redis:6379,password=abc,secret-x=1")]
    [InlineData("CLICKHOUSE", "ch:8123/secret-x")]
    [InlineData("CLICKHOUSE", "tcp://me:secret-x@ch:9000")]
    [InlineData("MASTER_KEY", "secret-x")]
    [InlineData("MASTER_KEY", "secret-x-0123456789\n")]
    [InlineData("MASTER_KEY", "secret-x-01234567é9")]
    [InlineData("ENCRYPTION_KEY", "secret-x")]
    [InlineData("ENCRYPTION_KEY", "c2VjcmV0LXg=")]
    [InlineData("LISTEN", "secret-x")]
    [InlineData("LISTEN", "amqp://secret-x")]
    [InlineData("BILLING_URL", "billing:secret-x")]
    [InlineData("LOG_LEVEL", "secret-x")]
    [InlineData("LOG_LEVEL", "77")]
    [InlineData("LOG_FORMAT", "secret-x")]
    public void A_value_that_cannot_be_used_is_a_fault_that_names_the_variable_and_not_the_value(
        string name, string value)
    {
        _variables["LLM_PLATFORM_" + name] = value;

        Read(All, out var faults);

        var fault = Assert.Single(faults);
        Assert.StartsWith($"LLM_PLATFORM_{name} ", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(value.Trim(), fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-x", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_answers_where_its_variable_says_and_else_where_this_host_listens()
    {
        _variables["LLM_PLATFORM_ROUTER_URL"] = "http://router:8081";
        _variables["LLM_PLATFORM_LISTEN"] = "http://127.0.0.1:8080";
        var environment = Read(All, out var faults);

        Assert.Empty(faults);
        Assert.Equal(new Uri("http://router:8081"), environment.UrlOf("router"));
        Assert.Equal(new Uri("http://127.0.0.1:8080"), environment.UrlOf("billing"));
        Assert.Throws<InvalidOperationException>(() => (environment with { Listen = null }).UrlOf("billing"));
    }

    [Fact]
    public void An_environment_in_a_log_shows_no_secret() =>
        Assert.DoesNotContain("secret", Read(All, out _).ToString(), StringComparison.Ordinal);

    private PlatformEnvironment Read(ServerKinds needs, out List<string> faults)
    {
        faults = [];
        return PlatformEnvironment.Read(name => _variables.GetValueOrDefault(name), needs, faults);
    }
}
