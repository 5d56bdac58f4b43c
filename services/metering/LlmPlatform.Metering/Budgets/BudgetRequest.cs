using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Money;
using LlmPlatform.Money.Periods;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// The body of <c>POST /admin/v1/budgets</c> and <c>PUT /admin/v1/budgets/{name}</c>: one entry of the file, with its
/// defaults.
/// </summary>
internal sealed record BudgetRequest
{
    private const int MaxNameLength = 200;
    private const decimal MaxLimitUsd = 1_000_000_000;
    private const int LimitDecimals = 9;
    private const decimal MaxAlert = 10;
    private const int AlertDecimals = 4;
    private const int MaxAlerts = 20;
    private const int MaxChannels = 50;
    private const int MaxSharedUsers = 1_000;

    public string? Name { get; init; }

    public string? Scope { get; init; }

    public decimal? LimitUsd { get; init; }

    public long? LimitTokens { get; init; }

    public string? Period { get; init; }

    public string? TimeZone { get; init; }

    public BudgetMode? Mode { get; init; }

    public BudgetEnforcement? Enforcement { get; init; }

    public IReadOnlyList<decimal>? Alerts { get; init; }

    public IReadOnlyList<string>? Channels { get; init; }

    public IReadOnlyList<string>? SharedUsers { get; init; }

    /// <summary>What it says, for a request without fault.</summary>
    /// <param name="serverTimeZone">The zone of budgets that name none.</param>
    public BudgetTerms Terms(string serverTimeZone) => new()
    {
        LimitNanoUsd = NanoUsd.FromUsd(LimitUsd ?? 0),
        LimitTokens = LimitTokens,
        Period = ReadPeriod() ?? BudgetPeriodText.Monthly,
        TimeZone = TimeZone ?? serverTimeZone,
        Enforce = (Mode ?? BudgetMode.Enforce) == BudgetMode.Enforce,
        IsSoft = Enforcement == BudgetEnforcement.Soft,
        ThresholdBasisPoints = BudgetTerms.BasisPointsOf(Alerts ?? [0.8m, 0.9m, 1.0m]),
        Channels = Channels ?? [],
        SharedUsers = SharedUsers ?? [],
    };

    /// <summary>What is wrong with it; null when it can be used.</summary>
    public ProblemHttpResult? Fault()
    {
        if (!IsName(Name))
            return AdminProblem.Invalid("invalid_name", $"'name' is 1 to {MaxNameLength} characters without spaces.");
        if (!ScopeReference.TryParse(Scope, out _))
            return AdminProblem.Invalid("invalid_scope", "'scope' is global or kind:name, such as tenant:acme.");
        if (FaultOfLimit() is { } limit)
            return limit;
        if (Mode == BudgetMode.Track && Enforcement == BudgetEnforcement.Soft)
            return AdminProblem.Invalid(
                "invalid_enforcement", "'enforcement' says how calls are refused, and mode 'track' refuses none.");
        if (ReadPeriod() is null)
            return AdminProblem.Invalid("invalid_period", $"'period' is {BudgetPeriodText.Forms}.");
        if (TimeZone is not null && !IsTimeZone(TimeZone))
            return AdminProblem.Invalid("invalid_time_zone", "'time_zone' is an IANA name such as Europe/Paris.");
        return FaultOfAlerts() ?? FaultOfNames("channels", Channels, MaxChannels)
            ?? FaultOfNames("shared_users", SharedUsers, MaxSharedUsers);
    }

    private ProblemHttpResult? FaultOfLimit()
    {
        if (LimitTokens is { } tokens)
        {
            return LimitUsd is not null
                ? AdminProblem.Invalid(
                    "two_limits", "A budget has either 'limit_usd' or 'limit_tokens': make two budgets of it.")
                : tokens is < 1 or > BudgetConfiguration.LimitTokensMax
                ? AdminProblem.Invalid(
                    "invalid_limit_tokens", $"'limit_tokens' is from 1 to {BudgetConfiguration.LimitTokensMax}.")
                : null;
        }

        return LimitUsd is not { } limit || limit <= 0 || limit > MaxLimitUsd || limit.Scale > LimitDecimals
            ? AdminProblem.Invalid(
                "invalid_limit_usd",
                $"'limit_usd' is above 0, at most {MaxLimitUsd}, with up to {LimitDecimals} decimals; "
                + "a budget of tokens has 'limit_tokens' instead.")
            : null;
    }

    private ProblemHttpResult? FaultOfAlerts()
    {
        var alerts = Alerts ?? [];
        return alerts.Count > MaxAlerts || alerts.Distinct().Count() < alerts.Count
            || alerts.Any(alert => alert <= 0 || alert > MaxAlert || alert != decimal.Round(alert, AlertDecimals))
            ? AdminProblem.Invalid(
                "invalid_alerts",
                $"'alerts' are up to {MaxAlerts} different shares above 0, at most {MaxAlert}, "
                + $"of {AlertDecimals} decimals.")
            : null;
    }

    private static ProblemHttpResult? FaultOfNames(string member, IReadOnlyList<string>? names, int max) =>
        names is null || (names.Count <= max && names.All(IsName) && names.Distinct().Count() == names.Count)
            ? null
            : AdminProblem.Invalid($"invalid_{member}", $"'{member}' are up to {max} different names without spaces.");

    private BudgetPeriodText? ReadPeriod() =>
        Period is null ? BudgetPeriodText.Monthly : BudgetPeriodText.TryParse(Period, out var period) ? period : null;

    private static bool IsName(string? name) => name is { Length: > 0 and <= MaxNameLength }
        && !name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter == '/');

    private static bool IsTimeZone(string zone)
    {
        try
        {
            return new BudgetCalendar(BudgetPeriodKind.Daily, zone).TimeZone == zone;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
