using System.Text.Json;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Channels;

public sealed class SlackChannelTests
{
    [Fact]
    public async Task The_message_says_which_budget_how_far_and_when_it_opens_again()
    {
        var message = await SentAsync(Sample.Crossing(10_000) with { SpentNanoUsd = 500_250_000_000 });

        var text = message.Body.GetProperty("text").GetString();
        Assert.Contains("acme-month", text, StringComparison.Ordinal);
        Assert.Contains("tenant:acme", text, StringComparison.Ordinal);
        Assert.Contains("$500.25 of $500.00 (100.05 %)", text, StringComparison.Ordinal);
        Assert.Contains("reached its 100 % threshold", text, StringComparison.Ordinal);
        Assert.Contains("Calls are refused until 2026-12-01 00:00:00 UTC", text, StringComparison.Ordinal);
        Assert.Equal(
            ["header", "section", "section", "context"],
            message.Body.GetProperty("blocks").EnumerateArray()
                .Select(block => block.GetProperty("type").GetString()!));
    }

    [Fact]
    public async Task A_name_cannot_call_everybody_or_break_the_message()
    {
        var message = await SentAsync(
            Sample.Crossing(name: "<!channel> & <https://evil|here>\n" + new string('&', 900)));

        Assert.DoesNotContain("<!channel>", message.Raw, StringComparison.Ordinal);
        var text = message.Body.GetProperty("text").GetString()!;
        Assert.Contains("&lt;!channel&gt; &amp; &lt;https://evil|here&gt;", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1, 1_000);
        var blocks = message.Body.GetProperty("blocks");
        Assert.InRange(blocks[0].GetProperty("text").GetProperty("text").GetString()!.Length, 1, 150);
        Assert.InRange(blocks[1].GetProperty("text").GetProperty("text").GetString()!.Length, 1, 3_000);
        Assert.All(
            blocks[2].GetProperty("fields").EnumerateArray(),
            field => Assert.InRange(field.GetProperty("text").GetString()!.Length, 1, 2_000));
        Assert.InRange(JsonSerializer.Serialize(message.Body).Length, 1, 12_999);
    }

    [Fact]
    public async Task Times_are_those_of_the_budgets_zone_and_amounts_are_never_rounded_up()
    {
        var message = await SentAsync(Sample.Crossing(9_000) with
        {
            SpentNanoUsd = 499_999_999_999,
            TimeZone = "Asia/Taipei",
            SharedUsers = ["ann", "bo"],
        });

        Assert.Contains("$499.99 of $500.00 (99.99 %)", message.Raw, StringComparison.Ordinal);
        Assert.Contains(
            "2026-11-01 08:00:00 to 2026-12-01 08:00:00 Asia/Taipei", message.Raw, StringComparison.Ordinal);
        Assert.Contains("ann, bo (tenant:acme)", message.Raw, StringComparison.Ordinal);
        Assert.Contains(
            "https://llm.example.com/console/budgets/acme-month|Open in the console", message.Raw,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_of_tokens_is_told_in_tokens()
    {
        var message = await SentAsync(Sample.Crossing(9_000) with
        {
            SpentNanoUsd = 0,
            LimitNanoUsd = 0,
            SpentTokens = 949_999,
            LimitTokens = 1_000_000,
        });

        Assert.Contains("has spent 949,999 of 1,000,000 tokens (94.99 %)", message.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("$", message.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public void However_long_what_is_told_the_message_stays_within_what_slack_takes()
    {
        var random = new Random(20_261_121);
        for (var round = 0; round < 300; round++)
        {
            var facts = Enumerable.Range(0, random.Next(0, 60))
                .Select(_ => new NoticeFact(TextOf(random, 1, 400), TextOf(random, 1, 4_000))).ToList();
            var notice = new AlertNotice
            {
                DeliveryId = new Guid(round, 0, 0, new byte[8]),
                Kind = "notices.gathered",
                Severity = (AlertSeverity)random.Next(3),
                IsOver = random.Next(2) == 0,
                OccurredAt = DateTimeOffset.UnixEpoch,
                Title = TextOf(random, 1, 400),
                Text = TextOf(random, 1, 5_000),
                Facts = facts,
                Data = new { },
                Link = new Uri("https://llm.example.com/console/budgets/" + Uri.EscapeDataString(
                    TextOf(random, 1, 200))),
            };

            var message = JsonSerializer.SerializeToElement(SlackChannel.Message(notice));

            var blocks = message.GetProperty("blocks").EnumerateArray().ToList();
            Assert.InRange(blocks.Count, 3, 50);
            Assert.InRange(LengthOf(blocks[0]), 1, 150);
            Assert.InRange(LengthOf(blocks[1]), 1, 3_000);
            var all = LengthOf(blocks[0]) + LengthOf(blocks[1]) + message.GetProperty("text").GetString()!.Length;
            foreach (var part in blocks.SelectMany(PartsOf))
            {
                Assert.InRange(part, 1, 2_000);
                all += part;
            }

            Assert.InRange(blocks.Sum(block => PartsOf(block).Count()), 1, 20);
            Assert.InRange(all, 1, 13_000);
        }

        static int LengthOf(JsonElement block) =>
            block.GetProperty("text").GetProperty("text").GetString()!.Length;

        static IEnumerable<int> PartsOf(JsonElement block) =>
            new[] { "fields", "elements" }
                .Where(name => block.TryGetProperty(name, out _))
                .SelectMany(name => block.GetProperty(name).EnumerateArray())
                .Select(part => part.GetProperty("text").GetString()!.Length);
    }

    private static string TextOf(Random random, int min, int max) => string.Concat(
        Enumerable.Range(0, random.Next(min, max)).Select(_ => "a<&>漢 \U0001F600".EnumerateRunes()
            .ElementAt(random.Next(7)).ToString()));

    [Theory]
    [InlineData("a & b", 100, "a &amp; b")]
    [InlineData("ab<", 5, "ab")]
    [InlineData("ab<", 6, "ab&lt;")]
    [InlineData("ab😀", 3, "ab")]
    public void A_cut_leaves_no_half_character(string text, int maxLength, string written) =>
        Assert.Equal(written, SlackChannel.Written(text, maxLength));

    private static async Task<SlackMessage> SentAsync(Contracts.Budgets.BudgetThresholdCrossed crossing)
    {
        await using var slack = await SlackSink.StartAsync();
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(Sample.Slack(slack)),
            new ManualTimeProvider());
        await replica.OpenAsync(crossing);
        await replica.SendDueAsync("ops-slack");
        return Assert.Single(slack.Messages);
    }
}
