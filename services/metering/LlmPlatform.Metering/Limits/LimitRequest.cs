using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Metering.Limits;

/// <summary>
/// The body of <c>POST /admin/v1/limits</c> and <c>PUT /admin/v1/limits/{id}</c>: one entry of the file.
/// </summary>
internal sealed record LimitRequest
{
    private const long MaxCount = 1_000_000_000_000;
    private const long MaxCalls = 1_000_000;

    public string? Scope { get; init; }

    public LimitEach? Each { get; init; }

    public long? RequestsPerSecond { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? RequestsPerHour { get; init; }

    public long? RequestsPerDay { get; init; }

    public long? TokensPerSecond { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerHour { get; init; }

    public long? TokensPerDay { get; init; }

    public int? MaxParallel { get; init; }

    public int? Burst { get; init; }

    public RateFigures Figures => new()
    {
        RequestsPerSecond = RequestsPerSecond,
        RequestsPerMinute = RequestsPerMinute,
        RequestsPerHour = RequestsPerHour,
        RequestsPerDay = RequestsPerDay,
        TokensPerSecond = TokensPerSecond,
        TokensPerMinute = TokensPerMinute,
        TokensPerHour = TokensPerHour,
        TokensPerDay = TokensPerDay,
        MaxParallel = MaxParallel,
        Burst = Burst,
    };

    public string? EachText => Each is { } each ? EnumText.Of(each) : null;

    /// <summary>What is wrong with it; null when it can be used.</summary>
    public ProblemHttpResult? Fault()
    {
        if (!ScopeReference.TryParse(Scope, out _))
            return AdminProblem.Invalid("invalid_scope", "'scope' is global or kind:name, such as tenant:acme.");

        foreach (var (name, value) in Figures.Named())
        {
            var max = name is "max_parallel" or "burst" ? MaxCalls : MaxCount;
            if (value is { } given && (given < 1 || given > max))
                return AdminProblem.Invalid("invalid_figure", $"'{name}' is from 1 to {max}.");
        }

        if (Figures.Named().All(figure => figure.Value is null || figure.Name == "burst"))
            return AdminProblem.Invalid("limits_nothing", "Give a figure such as requests_per_minute.");
        return Burst is not null && RequestsPerMinute is null
            ? AdminProblem.Invalid("burst_without_rate", "'burst' bounds a rate: give requests_per_minute too.")
            : null;
    }
}
