using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Channels;

public sealed class WebhookChannelTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private SlackSink _sink = null!;

    public async ValueTask InitializeAsync() => _sink = await SlackSink.StartAsync();

    public ValueTask DisposeAsync() => _sink.DisposeAsync();

    [Fact]
    public async Task A_repeat_carries_the_same_id_and_each_attempt_a_signature_of_its_own_time()
    {
        _sink.FailNext(1, 404);
        await using var replica = await ReplicaAsync(Sample.SigningSecret);
        await replica.SendDueAsync("hook");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await replica.SendDueAsync("hook");

        var delivery = await replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Delivered, 2), (delivery.State, delivery.Attempts));
        Assert.Equal(2, _sink.Attempts.Count);
        foreach (var attempt in _sink.Attempts)
        {
            Assert.Equal($"msg_{delivery.Id:N}", attempt.Headers["webhook-id"]);
            Assert.Equal(
                SignatureOf(attempt, Encoding.UTF8.GetBytes(Sample.SigningSecret)),
                attempt.Headers["webhook-signature"]);
        }

        Assert.NotEqual(
            _sink.Attempts[0].Headers["webhook-timestamp"], _sink.Attempts[1].Headers["webhook-timestamp"]);
        Assert.Equal(
            _clock.GetUtcNow().ToUnixTimeSeconds(),
            long.Parse(_sink.Attempts[1].Headers["webhook-timestamp"], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_secret_in_the_standards_own_form_is_decoded()
    {
        var key = RandomNumberGenerator.GetBytes(24);
        await using var replica = await ReplicaAsync($"whsec_{Convert.ToBase64String(key)}");

        await replica.SendDueAsync("hook");

        var attempt = Assert.Single(_sink.Attempts);
        Assert.Equal(SignatureOf(attempt, key), attempt.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task The_body_says_what_happened_in_numbers()
    {
        await using var replica = await ReplicaAsync(secret: null);

        await replica.SendDueAsync("hook");

        var attempt = Assert.Single(_sink.Attempts);
        Assert.Equal("budget.threshold_crossed", attempt.Body.GetProperty("type").GetString());
        var data = attempt.Body.GetProperty("data");
        Assert.Equal("acme-month", data.GetProperty("budget").GetString());
        Assert.Equal(8000, data.GetProperty("threshold_basis_points").GetInt32());
        Assert.Equal(400m, data.GetProperty("spent_usd").GetDecimal());
        Assert.False(data.GetProperty("calls_refused").GetBoolean());
        Assert.False(attempt.Headers.ContainsKey("webhook-signature"));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_disables_the_channel()
    {
        _sink.FailNext(1, 410);
        await using var replica = await ReplicaAsync(secret: null);

        await replica.SendDueAsync("hook");

        Assert.Equal(DeliveryState.ChannelDisabled, (await replica.DeliveryAsync()).State);
    }

    [Fact]
    public async Task While_a_secret_is_replaced_a_post_carries_a_signature_by_each()
    {
        var channel = Sample.Webhook(_sink) with { PreviousSecret = new Secret("the one before") };
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(channel), _clock);
        await replica.OpenAsync(Sample.Crossing(channels: ["hook"]));

        await replica.SendDueAsync("hook");

        var attempt = Assert.Single(_sink.Attempts);
        Assert.Equal(
            SignatureOf(attempt, Encoding.UTF8.GetBytes(Sample.SigningSecret)) + " "
                + SignatureOf(attempt, "the one before"u8.ToArray()),
            attempt.Headers["webhook-signature"]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task An_address_within_the_house_is_not_connected_to_unless_it_is_allowed(string host)
    {
        var channel = Sample.Webhook(_sink) with
        {
            Url = new Secret($"http://{host}:{_sink.Url.Port}/hook/{Sample.AddressSecret}"),
        };
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(channel),
            _clock,
            allowsLoopback: false);
        await replica.OpenAsync(Sample.Crossing(channels: ["hook"]));

        await replica.SendDueAsync("hook");

        var delivery = await replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Dead, AddressRefusedException.Sentence), (delivery.State, delivery.LastResult));
        Assert.Empty(_sink.Attempts);
    }

    private static string SignatureOf(SlackMessage attempt, byte[] key) => "v1," + Convert.ToBase64String(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(
            $"{attempt.Headers["webhook-id"]}.{attempt.Headers["webhook-timestamp"]}.{attempt.Raw}")));

    private async Task<AlertingReplica> ReplicaAsync(string? secret)
    {
        var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(Sample.Webhook(_sink, secret)),
            _clock);
        await replica.OpenAsync(Sample.Crossing(channels: ["hook"]));
        return replica;
    }
}
