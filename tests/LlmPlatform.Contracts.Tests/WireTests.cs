using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using MassTransit;
using MassTransit.Serialization;

namespace LlmPlatform.Contracts.Tests;

/// <summary>
/// What is in queues, spools and outboxes was written by another version. <c>Wire/&lt;message&gt;.json</c> is a message
/// as this version writes it; <c>Wire/&lt;message&gt;.oldest.json</c> is the least that must be readable for ever, and
/// is never changed: a member that comes later is not required.
/// </summary>
public class WireTests
{
    // What MassTransit writes and reads with; PlatformBus does not change them.
    private static readonly JsonSerializerOptions _bus = SystemTextJsonMessageSerializer.Options;

    public static TheoryData<string> Names => [.. Messages.All.Select(message => message.GetType().Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_is_written_as_it_always_was(string name)
    {
        var message = Messages.Named(name);

        AssertSame(Wire($"{name}.json"), JsonSerializer.Serialize(message, message.GetType(), _bus));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_reads_back_whole_from_the_bus_and_from_an_outbox(string name)
    {
        var type = Messages.Named(name).GetType();
        foreach (var options in new[] { _bus, JsonSerializerOptions.Web })
        {
            var read = JsonSerializer.Deserialize(Wire($"{name}.json"), type, options);
            AssertSame(Wire($"{name}.json"), JsonSerializer.Serialize(read, type, _bus));
            var stored = JsonSerializer.Deserialize(JsonSerializer.Serialize(read, type, options), type, options);
            AssertSame(Wire($"{name}.json"), JsonSerializer.Serialize(stored, type, _bus));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_oldest_message_still_reads(string name)
    {
        var type = Messages.Named(name).GetType();
        var read = JsonSerializer.Deserialize(Wire($"{name}.oldest.json"), type, _bus)!;

        AssertHolds(JsonNode.Parse(Wire($"{name}.oldest.json"))!, JsonSerializer.SerializeToNode(read, type, _bus)!);
        AssertNothingIsMissing(read);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_of_a_later_version_reads_without_what_is_not_known_here(string name)
    {
        var type = Messages.Named(name).GetType();
        var later = JsonNode.Parse(Wire($"{name}.json"))!;
        foreach (var part in Objects(later).ToList())
            part["addedLater"] = new JsonObject { ["a"] = 1 };

        var read = JsonSerializer.Deserialize(later, type, _bus);

        AssertSame(Wire($"{name}.json"), JsonSerializer.Serialize(read, type, _bus));
    }

    [Theory]
    [InlineData("urn:message:LlmPlatform.Contracts.Auditing:AdminChangeRecorded")]
    [InlineData("urn:message:LlmPlatform.Contracts.Billing:BillIssued")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:BudgetPeriodEnded")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:BudgetPeriodOpened")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:BudgetSpendingObserved")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:BudgetThresholdCrossed")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:BudgetThresholdRearmed")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:BudgetUsageAdvanced")]
    [InlineData("urn:message:LlmPlatform.Contracts.Budgets:LimitsChanged")]
    [InlineData("urn:message:LlmPlatform.Contracts.Identity:KeysChanged")]
    [InlineData("urn:message:LlmPlatform.Contracts.Operations:ConditionObserved")]
    [InlineData("urn:message:LlmPlatform.Contracts.Pricing:PriceBookPublished")]
    [InlineData("urn:message:LlmPlatform.Contracts.Pricing:UnpricedUsageFound")]
    [InlineData("urn:message:LlmPlatform.Contracts.Pricing:UnpricedUsageRated")]
    [InlineData("urn:message:LlmPlatform.Contracts.Requests:RequestCompletedBatch")]
    [InlineData("urn:message:LlmPlatform.Contracts.Routing:DeploymentDemoted")]
    [InlineData("urn:message:LlmPlatform.Contracts.Routing:DeploymentRestored")]
    [InlineData("urn:message:LlmPlatform.Contracts.Routing:RoutingSnapshotPublished")]
    [InlineData("urn:message:LlmPlatform.Contracts.Usage:UsageRecordedBatch")]
    public void A_message_keeps_the_name_that_queues_are_bound_to(string urn) =>
        Assert.Contains(urn, Messages.All.Select(message => MessageUrn.ForTypeString(message.GetType())));

    [Fact]
    public void Every_contract_is_a_message_here_or_part_of_one()
    {
        var seen = Messages.All.SelectMany(message => Parts(message)).Select(part => part.GetType()).ToHashSet();

        Assert.Equal(
            typeof(UsageRecorded).Assembly.GetExportedTypes().Where(type => !type.IsAbstract).ToHashSet(), seen);
    }

    [Fact]
    public void No_member_is_an_enumeration_that_an_old_reader_could_not_read() =>
        Assert.DoesNotContain(
            typeof(UsageRecorded).Assembly.GetExportedTypes().SelectMany(type => type.GetProperties()),
            property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType).IsEnum);

    [Fact]
    public void Totals_of_tokens_are_computed_and_do_not_travel()
    {
        var usage = new TokenUsage
        {
            InputUncached = 1,
            CacheRead = 10,
            CacheWrite5m = 100,
            CacheWrite1h = 1_000,
            AudioIn = 10_000,
            OutputText = 2,
            OutputReasoning = 20,
            AudioOut = 200,
            ImageIn = 100_000,
            ImageOut = 2_000,
        };

        Assert.Equal((111_111, 2_222), (usage.TotalInput, usage.TotalOutput));
        Assert.DoesNotContain("total", JsonSerializer.Serialize(usage, _bus), StringComparison.OrdinalIgnoreCase);
    }

    private static string Wire(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"Wire/{file} is missing: write down how the message travels.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void AssertSame(string expected, string actual) =>
        Assert.Equal(expected.TrimEnd(), actual, ignoreLineEndingDifferences: true);

    /// <summary>Everything that was written is read: names and values.</summary>
    private static void AssertHolds(JsonNode written, JsonNode read)
    {
        if (written is JsonObject members)
        {
            foreach (var (name, value) in members)
                AssertHolds(value!, read[name] ?? throw new InvalidOperationException($"{name} was not read."));
        }
        else if (written is JsonArray items)
        {
            Assert.Equal(items.Count, read.AsArray().Count);
            for (var i = 0; i < items.Count; i++)
                AssertHolds(items[i]!, read[i]!);
        }
        else
        {
            Assert.Equal(written.ToJsonString(), read.ToJsonString());
        }
    }

    private static void AssertNothingIsMissing(object message)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var part in Parts(message))
        {
            Assert.All(
                part.GetType().GetProperties().Where(member => !member.GetMethod!.IsStatic),
                member => Assert.False(
                    member.GetValue(part) is null && nullability.Create(member).ReadState == NullabilityState.NotNull,
                    $"{part.GetType().Name}.{member.Name} is null after reading, and its type says it never is."));
        }
    }

    private static IEnumerable<object> Parts(object message) => message
        .GetType().GetProperties()
        .Where(member => !member.GetMethod!.IsStatic)
        .Select(member => member.GetValue(message))
        .SelectMany(value => value is IEnumerable items and not string ? items.Cast<object>() : [value!])
        .Where(value => value?.GetType().Assembly == typeof(UsageRecorded).Assembly)
        .SelectMany(Parts)
        .Prepend(message);

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Objects(member.Value)).Prepend(members),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };
}
