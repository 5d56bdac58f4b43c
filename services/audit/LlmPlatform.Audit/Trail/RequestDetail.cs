using LlmPlatform.Contracts.Requests;

namespace LlmPlatform.Audit.Trail;

/// <summary>What the record of a request has beside the columns of every record. Times are in milliseconds.</summary>
internal sealed record RequestDetail
{
    public required Guid RequestId { get; init; }

    public required double DurationMs { get; init; }

    public double? TimeToFirstTokenMs { get; init; }

    public string? Team { get; init; }

    public string? User { get; init; }

    public string? KeyName { get; init; }

    public string? ModelRequested { get; init; }

    public required bool IsStream { get; init; }

    public RefusedBudget? RefusedBudget { get; init; }

    public required IReadOnlyList<AttemptDetail> Attempts { get; init; }

    public string? FallbackReason { get; init; }

    public required long RequestBytes { get; init; }

    public required long ResponseBytes { get; init; }

    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    public required long CostNanoUsd { get; init; }

    public required bool Recovered { get; init; }

    public static RequestDetail Of(RequestCompleted request) => new()
    {
        RequestId = request.RequestId,
        DurationMs = Milliseconds(request.Duration),
        TimeToFirstTokenMs = request.TimeToFirstToken is { } first ? Milliseconds(first) : null,
        Team = request.Team,
        User = request.User,
        KeyName = request.KeyName,
        ModelRequested = request.ModelRequested,
        IsStream = request.IsStream,
        RefusedBudget = request.RefusedBudget,
        Attempts = [.. request.Attempts.Select(AttemptDetail.Of)],
        FallbackReason = request.FallbackReason,
        RequestBytes = request.RequestBytes,
        ResponseBytes = request.ResponseBytes,
        InputTokens = request.InputTokens,
        OutputTokens = request.OutputTokens,
        CostNanoUsd = request.CostNanoUsd,
        Recovered = request.Recovered,
    };

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    internal sealed record AttemptDetail
    {
        public required int Attempt { get; init; }

        public required string Provider { get; init; }

        public required string ProviderModel { get; init; }

        public required string Outcome { get; init; }

        public int? Status { get; init; }

        public required double DurationMs { get; init; }

        public static AttemptDetail Of(AttemptSummary attempt) => new()
        {
            Attempt = attempt.Attempt,
            Provider = attempt.Provider,
            ProviderModel = attempt.ProviderModel,
            Outcome = attempt.Outcome,
            Status = attempt.Status,
            DurationMs = Milliseconds(attempt.Duration),
        };
    }
}
