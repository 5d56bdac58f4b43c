using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RedisEndpointTests
{
    [Fact]
    public void All_parts_of_a_connection_string_are_read()
    {
        var endpoint = RedisEndpoint.Parse(
            "cache.example:6390, password=a=b, user=gate, ssl=True, sslHost=other, defaultDatabase=3, name=edge-1");

        Assert.Equal(("cache.example", 6390), (endpoint.Host, endpoint.Port));
        Assert.Equal(("gate", "a=b"), (endpoint.User, endpoint.Password));
        Assert.Equal((true, "other"), (endpoint.UseTls, endpoint.TlsHost));
        Assert.Equal((3, "edge-1"), (endpoint.Database, endpoint.ClientName));
    }

    [Theory]
    [InlineData("localhost", "localhost:6379")]
    [InlineData("localhost:7000", "localhost:7000")]
    [InlineData("[::1]", "[::1]:6379")]
    [InlineData("[::1]:7000,password=x", "[::1]:7000")]
    public void The_text_of_an_endpoint_is_its_address(string connectionString, string text) =>
        Assert.Equal(text, RedisEndpoint.Parse(connectionString).ToString());

    [Theory]
    [InlineData("", "no host")]
    [InlineData(":6379", "no host")]
    [InlineData("host:", "port")]
    [InlineData("host:x", "port")]
    [InlineData("host:0", "port")]
    [InlineData("host:65536", "port")]
    [InlineData("redis://host:6379", "URL")]
    [InlineData("password=secret,host:1", "start with host:port")]
    [InlineData("host:1,other:2", "only one host:port")]
    [InlineData("host:1,ssl=perhaps", "'ssl'")]
    [InlineData("host:1,defaultDatabase=-1", "'defaultDatabase'")]
    [InlineData("host:1,name=two words", "'name'")]
    [InlineData("host:1,password=", "'password'")]
    [InlineData("host:1,user=gate", "no password")]
    [InlineData("host:1,ssl=true,SSL=false", "twice")]
    [InlineData("host:1,abortConnect=false", "unknown option 'abortConnect'")]
    public void A_wrong_part_is_named(string connectionString, string named) =>
        Assert.Contains(
            named,
            Assert.Throws<FormatException>(() => RedisEndpoint.Parse(connectionString)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("host:1,password=hunter2,password=hunter2")]
    [InlineData("host:1,password=a,hunter2")]
    [InlineData("host:1,password=hunter2,ssl=hunter2")]
    [InlineData("password=hunter2")]
    [InlineData("redis://:hunter2@host")]
    public void A_password_is_never_repeated(string connectionString) =>
        Assert.DoesNotContain(
            "hunter2",
            Assert.Throws<FormatException>(() => RedisEndpoint.Parse(connectionString)).ToString(),
            StringComparison.Ordinal);
}
