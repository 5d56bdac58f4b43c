using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Tests;

public sealed class AdminApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private SlackSink _slack = null!;
    private AlertingReplica _replica = null!;
    private HttpClient _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _slack = await SlackSink.StartAsync();
        var mail = Sample.Mail(9);
        _replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(
                Sample.Slack(_slack),
                Sample.Webhook(_slack),
                mail with
                {
                    Smtp = mail.Smtp! with { Username = "platform", Password = new Secret(Sample.MailPassword) },
                }));
        _operator = _replica.Operator();
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _replica.DisposeAsync();
        await _slack.DisposeAsync();
    }

    [Fact]
    public async Task What_was_given_up_is_visible_and_is_delivered_once_an_operator_asks_for_it()
    {
        _slack.FailNext(1, 400);
        await _replica.OpenAsync(Sample.Crossing());
        var dead = await OneAsync("/admin/v1/deliveries?state=dead");
        Assert.Equal("HTTP 400", dead.GetProperty("last_result").GetString());

        using var asked = await PostAsync($"/admin/v1/deliveries/{dead.GetProperty("id").GetGuid()}/redeliver");

        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        var delivered = await OneAsync("/admin/v1/deliveries?state=delivered&channel=ops-slack");
        Assert.Equal(2, delivered.GetProperty("attempts").GetInt32());
        Assert.Single(_slack.Messages);
        await RecordedAsync("delivery.restarted");
    }

    [Fact]
    public async Task A_disabled_channel_is_seen_and_a_test_that_it_takes_brings_it_what_was_kept()
    {
        _slack.FailNext(1, 404);
        await _replica.OpenAsync(Sample.Crossing());
        var disabled = await Eventually.UntilAsync(
            () => ChannelAsync("ops-slack"), channel => channel.TryGetProperty("disabled_at", out _),
            Deadline, "The channel is disabled", Token);
        Assert.Equal("HTTP 404", disabled.GetProperty("disabled_because").GetString());
        await OneAsync("/admin/v1/deliveries?state=channel_disabled");
        await OneAsync("/admin/v1/incidents?open=true");

        using var test = await PostAsync("/admin/v1/channels/ops-slack/test");

        Assert.Equal("delivered", (await BodyAsync(test)).GetProperty("outcome").GetString());
        Assert.False((await ChannelAsync("ops-slack")).TryGetProperty("disabled_at", out _));
        await OneAsync("/admin/v1/deliveries?state=delivered&channel=ops-slack");
        Assert.Equal(0, (await GetAsync("/admin/v1/incidents?open=true")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task An_alert_is_listed_with_its_amounts()
    {
        await _replica.OpenAsync(Sample.Crossing(9000));

        var alert = await OneAsync("/admin/v1/alerts?budget=acme-month");

        Assert.Equal(0.9m, alert.GetProperty("threshold").GetDecimal());
        Assert.Equal(400m, alert.GetProperty("spent_usd").GetDecimal());
        Assert.Equal(500m, alert.GetProperty("limit_usd").GetDecimal());
    }

    [Fact]
    public async Task Lists_page_from_the_newest_on()
    {
        for (var threshold = 1; threshold <= 5; threshold++)
            await _replica.OpenAsync(Sample.Crossing(threshold * 1000));

        var first = await GetAsync("/admin/v1/alerts?limit=3");
        var second = await GetAsync($"/admin/v1/alerts?limit=3&cursor={first.GetProperty("next_cursor").GetString()}");

        Assert.Equal(
            [0.5m, 0.4m, 0.3m, 0.2m, 0.1m],
            first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
                .Select(alert => alert.GetProperty("threshold").GetDecimal()));
        Assert.False(second.TryGetProperty("next_cursor", out _));
    }

    [Fact]
    public async Task A_test_of_a_channel_says_what_the_channel_made_of_it()
    {
        using var good = await PostAsync("/admin/v1/channels/ops-slack/test");
        _slack.FailNext(1, 403);
        using var bad = await PostAsync("/admin/v1/channels/ops-slack/test");
        using var unknown = await PostAsync("/admin/v1/channels/nothing/test");

        Assert.Equal("delivered", (await BodyAsync(good)).GetProperty("outcome").GetString());
        Assert.Equal("HTTP 403", (await BodyAsync(bad)).GetProperty("detail").GetString());
        Assert.Equal("channel_not_found", (await BodyAsync(unknown)).GetProperty("type").GetString());
        Assert.Contains("Test of channel ops-slack", Assert.Single(_slack.Messages).Raw, StringComparison.Ordinal);
        await RecordedAsync("channel.tested");
    }

    [Fact]
    public async Task Bad_questions_are_refused_each_with_its_code()
    {
        var nothing = Guid.Empty;
        using var unknown = await PostAsync($"/admin/v1/deliveries/{nothing}/redeliver");
        using var state = await _operator.GetAsync("/admin/v1/deliveries?state=lost", Token);
        using var cursor = await _operator.GetAsync("/admin/v1/alerts?cursor=bm9uZQ", Token);
        using var stranger = new HttpClient { BaseAddress = _operator.BaseAddress };
        using var refused = await stranger.GetAsync("/admin/v1/channels", Token);

        Assert.Equal("delivery_not_found", (await BodyAsync(unknown)).GetProperty("type").GetString());
        Assert.Equal("invalid_state", (await BodyAsync(state)).GetProperty("type").GetString());
        Assert.Equal("invalid_cursor", (await BodyAsync(cursor)).GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Secrets_are_in_no_row_no_log_and_no_answer()
    {
        _slack.FailNext(2, 410);
        await _replica.OpenAsync(Sample.Crossing(channels: ["ops-slack", "hook", "finance-mail"]));
        await Eventually.UntilAsync(
            async () => (await _replica.DeliveriesAsync()).TrueForAll(delivery => delivery.LastResult is not null),
            Deadline, "Every channel was tried", Token);
        using var test = await PostAsync("/admin/v1/channels/finance-mail/test");

        var seen = new List<string> { await test.Content.ReadAsStringAsync(Token), await RowsAsync() };
        foreach (var path in new[] { "channels", "alerts", "deliveries", "incidents" })
            seen.Add(await _operator.GetStringAsync($"/admin/v1/{path}", Token));
        seen.AddRange(_replica.Log);
        await RecordedAsync("channel.tested");
        seen.AddRange(_replica.Changes.Select(change => change.ToString()));

        Assert.Contains(seen, text => text.Contains("127.0.0.1", StringComparison.Ordinal));
        foreach (var secret in new[] { Sample.AddressSecret, Sample.SigningSecret, Sample.MailPassword })
            Assert.DoesNotContain(seen, text => text.Contains(secret, StringComparison.Ordinal));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<JsonElement> OneAsync(string path)
    {
        var page = await Eventually.UntilAsync(
            () => GetAsync(path), page => page.GetProperty("items").GetArrayLength() == 1, Deadline, path, Token);
        return page.GetProperty("items")[0];
    }

    private Task<JsonElement> GetAsync(string path) => _operator.GetFromJsonAsync<JsonElement>(path, Token);

    private async Task<JsonElement> ChannelAsync(string name) =>
        (await GetAsync("/admin/v1/channels")).GetProperty("items").EnumerateArray()
            .Single(channel => channel.GetProperty("name").GetString() == name);

    private Task<HttpResponseMessage> PostAsync(string path) => _operator.PostAsync(path, null, Token);

    private static Task<JsonElement> BodyAsync(HttpResponseMessage answer) =>
        answer.Content.ReadFromJsonAsync<JsonElement>(Token);

    private Task RecordedAsync(string action) => Eventually.UntilAsync(
        () => _replica.Changes.Any(change => change.Action == action && change.Actor == "master"),
        Deadline, $"The audit trail is told of {action}", Token);

    private async Task<string> RowsAsync()
    {
        await using var database = AlertingReplica.Open(_replica.Postgres);
        return await database.Database.SqlQueryRaw<string>(
            """
            SELECT concat(
                (SELECT string_agg(a::text, '') FROM alerting.alert a),
                (SELECT string_agg(d::text, '') FROM alerting.delivery d),
                (SELECT string_agg(c::text, '') FROM alerting.disabled_channel c),
                (SELECT string_agg(o::text, '') FROM alerting.outbox_message o)) AS "Value"
            """).SingleAsync(Token);
    }
}
