using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;

namespace LlmPlatform.Edge.Tests.Settlement;

/// <summary>What is written by hand is all that there is to write, and reads back as it was.</summary>
public sealed class EventJsonTests
{
    private readonly Random _random = new(7);

    [Fact]
    public void Every_member_of_a_usage_record_is_written() => AssertWritten<UsageRecorded>(
        EventJson.Write, SpoolJson.Default.UsageRecorded.Options);

    [Fact]
    public void Every_member_of_a_completion_is_written() => AssertWritten<RequestCompleted>(
        EventJson.Write, SpoolJson.Default.RequestCompleted.Options);

    [Fact]
    public void Every_member_of_an_intent_is_written() => AssertWritten<CallIntent>(
        EventJson.Write, SpoolJson.Default.CallIntent.Options);

    [Fact]
    public void Whatever_a_name_holds_comes_back()
    {
        for (var character = 0; character <= char.MaxValue; character++)
        {
            if (!char.IsSurrogate((char)character))
            {
                var text = $"a{(char)character}{(char)character}z";
                Assert.Equal(text, ReadBack(Recorded.Usage(Guid.Empty) with { Model = text }).Model);
            }
        }

        const string Pairs = "\U0001F600\U0010FFFF";
        Assert.Equal(Pairs, ReadBack(Recorded.Usage(Guid.Empty) with { RawUsage = Pairs }).RawUsage);
        Assert.Equal("a\uFFFDb", ReadBack(Recorded.Usage(Guid.Empty) with { RawUsage = "a\uD800b" }).RawUsage);
    }

    private static UsageRecorded ReadBack(UsageRecorded usage) => JsonSerializer.Deserialize(
        Written(usage, EventJson.Write), SpoolJson.Default.UsageRecorded)!;

    private static byte[] Written<T>(T value, Action<RecordJson, T> write)
    {
        var json = new RecordJson();
        json.Restart(0);
        write(json, value);
        return json.Written.ToArray();
    }

    private void AssertWritten<T>(Action<RecordJson, T> write, JsonSerializerOptions options)
    {
        for (var sample = 0; sample < 20; sample++)
        {
            var full = (T)Sample(typeof(T), withNulls: sample > 0);
            var written = JsonSerializer.Deserialize<T>(Written(full, write), options);
            Assert.Equal(
                JsonSerializer.Serialize(full, options), JsonSerializer.Serialize(written, options));
            Assert.True(JsonNode.Parse(Written(full, write)) is JsonObject);
        }
    }

    // Every member differs from what it would be if nobody wrote it.
    private object Sample(Type type, bool withNulls)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Sample(inner, withNulls);
        }

        if (Scalar(type) is { } scalar)
        {
            return scalar;
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var element = type.GetGenericArguments()[0];
            var list = Array.CreateInstance(element, _random.Next(1, 4));
            for (var index = 0; index < list.Length; index++)
            {
                list.SetValue(Sample(element, withNulls), index);
            }

            return list;
        }

        var value = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            var mayBeNull = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
            var isNull = withNulls && mayBeNull && _random.Next(2) == 0;
            property.SetValue(value, isNull ? null : Sample(property.PropertyType, withNulls));
        }

        return value;
    }

    private object? Scalar(Type type) =>
        type == typeof(string) ? $"\"{_random.Next()}\\é\n"
        : type == typeof(Guid) ? Recorded.NewRequest()
        : type == typeof(bool) ? true
        : type == typeof(int) ? _random.Next(1, int.MaxValue)
        : type == typeof(long) ? _random.NextInt64(1, long.MaxValue)
        : type == typeof(decimal) ? (decimal)_random.Next(1, 1000) / 7
        : type == typeof(DateTimeOffset) ? Recorded.At.AddTicks(_random.Next())
        : type == typeof(TimeSpan) ? TimeSpan.FromTicks(_random.NextInt64(1, 1L << 50))
        : null;
}
