using System.Text.Json;
using LlmPlatform.Audit.Trail;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Audit.Tests.Trail;

public sealed class TrailWriterTests
{
    [Fact]
    public async Task An_event_that_contradicts_a_record_is_recorded_once_as_that_and_changes_nothing()
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await AuditReplica.StartAsync(postgres);
        var first = TrailContent.Of(Events.Request(1, status: 200));
        var other = TrailContent.Of(Events.Request(1, status: 503));
        foreach (var entries in new TrailContent[][] { [first, other], [other, first], [other, other] })
            await replica.AppendAsync(entries);

        Assert.True((await replica.VerifyAsync()).Ok);
        await using var database = AuditReplica.Open(postgres);
        var records = await database.Records.OrderBy(record => record.Sequence)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([RecordKinds.Request, RecordKinds.Contradiction], records.Select(record => record.Kind));
        Assert.Equal(200, records[0].Status);
        Assert.Equal($"record:{first.RecordId}", records[1].Resource);
        var detail = JsonDocument.Parse(records[1].Content).RootElement.GetProperty("detail");
        Assert.Equal(503, detail.GetProperty("came").GetProperty("status").GetInt32());
        Assert.Contains("same id", detail.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_given_twice_and_shuffled_are_recorded_once_each_in_a_chain_that_holds()
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await AuditReplica.StartAsync(postgres);
        var entries = Events.Requests(300);

        var added = 0;
        foreach (var part in Shuffled([.. entries, .. entries]).Chunk(70))
            added += await replica.AppendAsync(part);

        Assert.Equal(300, added);
        var verified = await replica.VerifyAsync();
        Assert.True(verified.Ok, verified.Fault?.ToString());
        Assert.Equal((300, 300), (verified.Count, verified.HeadSequence));
        await using var database = AuditReplica.Open(postgres);
        Assert.Equal(
            entries.Select(entry => entry.RecordId).Order(),
            (await database.Records.Select(record => record.RecordId).ToListAsync(
                TestContext.Current.CancellationToken)).Order());
    }

    [Fact]
    public async Task Appenders_that_race_over_the_same_entries_leave_one_chain_without_gaps()
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var one = await AuditReplica.StartAsync(postgres);
        await using var other = await AuditReplica.StartAsync(postgres);
        var entries = Events.Requests(200);

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(async appender =>
        {
            var replica = appender % 2 == 0 ? one : other;
            var sum = 0;
            foreach (var part in Shuffled(entries).Chunk(20))
                sum += await replica.AppendAsync(part);
            return sum;
        }));

        Assert.Equal(200, added.Sum());
        var verified = await one.VerifyAsync();
        Assert.True(verified.Ok, verified.Fault?.ToString());
        Assert.Equal(200, verified.Count);
    }

    [Fact]
    public async Task What_a_caller_puts_into_a_name_cannot_stop_the_trail()
    {
        await using var replica = await AuditReplica.StartAsync(await AuditReplica.CreateDatabaseAsync());
        var hostile = new string('漢', 3_000) + "\0\uD800";

        await replica.AppendAsync(
            TrailContent.Of(Events.Request(1, tenant: "a\0b", model: "\uD800")),
            TrailContent.Of(Events.Request(2, model: hostile)),
            TrailContent.Of(Events.Change(1) with { Resource = hostile, Summary = hostile }));

        var verified = await replica.VerifyAsync();
        Assert.True(verified.Ok, verified.Fault?.ToString());
        Assert.Equal(3, verified.Count);
    }

    [Fact]
    public void The_content_names_what_happened_in_the_words_of_the_api()
    {
        var content = JsonDocument.Parse(TrailContent.Of(Events.Request(7, status: 402)).ToBytes()).RootElement;

        Assert.Equal("request", content.GetProperty("kind").GetString());
        Assert.Equal("acme", content.GetProperty("tenant").GetString());
        Assert.Equal("sim-small", content.GetProperty("model").GetString());
        Assert.Equal("budget_exceeded", content.GetProperty("error_code").GetString());
        Assert.Equal(1_234, content.GetProperty("detail").GetProperty("cost_nano_usd").GetInt64());
        Assert.Equal("completed", content.GetProperty("detail").GetProperty("attempts")[0].GetProperty("outcome")
            .GetString());
        Assert.False(content.TryGetProperty("provider", out _));
    }

    [Theory]
    [InlineData("UPDATE audit.record SET status = 200")]
    [InlineData("UPDATE audit.record SET hash = hash")]
    [InlineData("DELETE FROM audit.record")]
    [InlineData("TRUNCATE audit.record")]
    [InlineData("DELETE FROM audit.head")]
    [InlineData("TRUNCATE audit.head")]
    [InlineData("UPDATE audit.head SET sequence = sequence - 1")]
    [InlineData("UPDATE audit.head SET hash = ''")]
    public async Task The_database_refuses(string statement)
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await AuditReplica.StartAsync(postgres);
        await replica.AppendAsync(Events.Requests(2));

        await using var database = AuditReplica.Open(postgres);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            database.Database.ExecuteSqlRawAsync(statement, TestContext.Current.CancellationToken));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
        Assert.True((await replica.VerifyAsync()).Ok);
    }

    private static TrailContent[] Shuffled(TrailContent[] entries)
    {
        var shuffled = entries.ToArray();
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }
}
