using System.Text.Json;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What an edge that died did not live to say. Runs when the spool is opened, before any request. Each estimate closes
/// its intent as a usage record of the live path would, so a recovery that is cut short goes on where it was.
/// </summary>
internal sealed partial class SpoolRecovery(SpoolLane lane, TimeProvider clock, ILogger logger)
{
    /// <summary>
    /// The status of a recovered request: the caller saw its connection break; no status of ours was the last word.
    /// </summary>
    public const int Status = 500;

    /// <summary>The error code of a recovered request.</summary>
    public const string ErrorCode = "edge_restarted";

    private readonly byte[] _buffer = new byte[SpoolFrame.HeaderLength + SpoolFrame.MaxPayload];

    /// <summary>Appends an estimate for every open intent, then a completion for every open request.</summary>
    public void Run()
    {
        var calls = lane.Calls.ByAge.ToArray();
        var estimates = 0;
        foreach (var call in calls)
        {
            estimates += Recover(call);
        }

        if (calls.Length > 0)
        {
            LogRecovered(estimates, calls.Length);
        }
    }

    /// <summary>
    /// The bill of an attempt whose answer nobody counted: its estimated input, and the output known to have streamed.
    /// </summary>
    public static UsageRecorded Estimate(
        CallIntent intent, long outputTokens, DateTimeOffset recordedAt, bool endsRequest)
    {
        var estimate = intent.Estimate;
        var tokens = estimate.Tokens with { OutputText = Math.Max(estimate.Tokens.OutputText, outputTokens) };
        return estimate with
        {
            EventVersion = 1,
            RecordedAt = recordedAt,
            Outcome = UsageOutcomes.Recovered,
            UsageSource = UsageSources.RecoveredEstimate,
            Tokens = tokens,
            CostNanoUsd = intent.Price is { } price
                ? AttemptSettlement.Cost(tokens, price, serviceTier: null, estimate.Region)
                : estimate.CostNanoUsd,
            EndsRequest = endsRequest,
        };
    }

    private int Recover(OpenCall call)
    {
        var usage = new List<UsageRecorded>();
        CallIntent? anyIntent = null;
        var open = new List<(CallIntent Intent, OpenRecord Record)>();
        var wasCompleted = call.IsCompleted;
        var requestId = call.RequestId;
        var hasEndingUsage = call.HasEndingUsage;
        var lastSeenAt = DateTimeOffset.MinValue;
        foreach (var record in call.Records)
        {
            if (record.IsIntent)
            {
                var intent = Read(record, SpoolJson.Default.CallIntent);
                anyIntent ??= intent;
                open.Add((intent, record));
                lastSeenAt = Later(lastSeenAt, Later(intent.Estimate.RecordedAt, ProgressAt(record)));
            }
            else if (record.IsVoid)
            {
                anyIntent ??= Read(record, SpoolJson.Default.CallIntent);
            }
            else
            {
                usage.Add(Read(record, SpoolJson.Default.UsageRecorded));
                lastSeenAt = Later(lastSeenAt, usage[^1].RecordedAt);
            }
        }

        // The order of attempts, not of records: the last attempt ends the request.
        open.Sort((one, other) => (one.Intent.Estimate.Attempt, one.Intent.Estimate.Part)
            .CompareTo((other.Intent.Estimate.Attempt, other.Intent.Estimate.Part)));
        for (var index = 0; index < open.Count; index++)
        {
            var ends = index == open.Count - 1 && !hasEndingUsage;
            var estimate = Estimate(open[index].Intent, open[index].Record.OutputTokens, clock.GetUtcNow(), ends);
            usage.Add(estimate);
            Append(estimate);
        }

        if (!wasCompleted)
        {
            Append(Completion(requestId, usage, anyIntent, lastSeenAt));
        }

        return open.Count;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset ProgressAt(OpenRecord record) =>
        record.ProgressAt > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(record.ProgressAt) : DateTimeOffset.MinValue;

    private static RequestCompleted Completion(
        Guid requestId, List<UsageRecorded> usage, CallIntent? intent, DateTimeOffset lastSeenAt)
    {
        var last = usage.Count > 0 ? usage[^1] : intent!.Estimate;
        return new RequestCompleted
        {
            EventId = EventIdentity.Completion(requestId),
            RequestId = requestId,
            OccurredAt = last.OccurredAt,
            Duration = lastSeenAt > last.OccurredAt ? lastSeenAt - last.OccurredAt : TimeSpan.Zero,
            Route = intent?.Route ?? "",
            Tenant = last.Tenant,
            Team = last.Team,
            User = last.User,
            KeyId = last.KeyId,
            KeyName = last.KeyName,
            ModelRequested = last.ModelRequested,
            Model = last.Model,
            Provider = last.Provider,
            IsStream = last.IsStream,
            Status = Status,
            ErrorCode = ErrorCode,
            Attempts = [.. usage.OrderBy(attempt => attempt.Attempt).ThenBy(attempt => attempt.Part).Select(Summary)],
            RequestBytes = intent?.RequestBytes ?? 0,
            InputTokens = usage.Sum(attempt => attempt.Tokens.TotalInput),
            OutputTokens = usage.Sum(attempt => attempt.Tokens.TotalOutput),
            CostNanoUsd = usage.Sum(attempt => attempt.CostNanoUsd),
            Recovered = true,
        };
    }

    private static AttemptSummary Summary(UsageRecorded usage) => new()
    {
        Attempt = usage.Attempt,
        Provider = usage.Provider,
        ProviderModel = usage.ProviderModel,
        Outcome = usage.Outcome,
        Duration = TimeSpan.Zero,
    };

    private T Read<T>(OpenRecord record, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape)
    {
        var bytes = _buffer.AsSpan(0, record.Length);
        lane.Read(bytes, record.Position);
        return JsonSerializer.Deserialize(bytes[SpoolFrame.HeaderLength..], shape)!;
    }

    private void Append(UsageRecorded usage) => lane.Append(SpoolRecordBuffer.OfThisThread.LayOut(usage));

    private void Append(RequestCompleted completed) => lane.Append(SpoolRecordBuffer.OfThisThread.LayOut(completed));

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Recovered {Estimates} estimates of {Requests} requests that were open when the process died.")]
    private partial void LogRecovered(int estimates, int requests);
}
