using LlmPlatform.Audit.Trail;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Money;

namespace LlmPlatform.Audit.Tests;

/// <summary>Events in few words.</summary>
internal static class Events
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static RequestCompleted Request(
        int number, string tenant = "acme", string model = "sim-small", int status = 200)
    {
        var requestId = EventIdentity.Named($"request {number}");
        return new RequestCompleted
        {
            EventId = EventIdentity.Completion(requestId),
            RequestId = requestId,
            OccurredAt = Start.AddSeconds(number).AddTicks(7),
            Duration = TimeSpan.FromMilliseconds(12.3456),
            Route = "/v1/chat/completions",
            Tenant = tenant,
            KeyId = "key-1",
            User = "ann",
            ModelRequested = model,
            Model = status == 200 ? model : null,
            Provider = status == 200 ? "sim" : null,
            Status = status,
            ErrorCode = status == 200 ? null : "budget_exceeded",
            Attempts =
            [
                new AttemptSummary
                {
                    Attempt = 1,
                    Provider = "sim",
                    ProviderModel = "s",
                    Outcome = "completed",
                    Duration = TimeSpan.FromMilliseconds(10),
                },
            ],
            InputTokens = 10,
            OutputTokens = 20,
            CostNanoUsd = 1_234,
        };
    }

    public static AdminChangeRecorded Change(int number) => new()
    {
        ChangeId = EventIdentity.Named($"change {number}"),
        ChangedAt = Start.AddSeconds(number),
        Actor = "master",
        Action = "key.created",
        Resource = $"key:number-{number}",
        Summary = "tenant acme",
    };

    public static TrailContent[] Requests(int count) =>
        [.. Enumerable.Range(1, count).Select(number => TrailContent.Of(Request(number)))];
}
