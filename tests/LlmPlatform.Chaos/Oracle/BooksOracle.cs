using System.Text.Json;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>
/// Holds every book the platform keeps against the provider's own ledger: usage rows attempt by attempt, the ledger
/// event by event, the budget's counter to the nano-USD, the audit trail request by request; nothing in quarantine,
/// nothing set aside, no sequence missing.
/// </summary>
internal static class BooksOracle
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(300);

    /// <summary>Waits until nothing differs, and says so in a line of the test's output.</summary>
    /// <exception cref="TimeoutException">Something still differs; the message lists what.</exception>
    public static async Task<Verdict> UntilBalancedAsync(ProvingGround ground, CancellationToken cancellationToken)
    {
        await Eventually.UntilAsync(
            () => ground.Provider.Ledger.Open == 0, _deadline, "the provider has ended its calls", cancellationToken);
        var verdict = await Eventually.UntilAsync(
            () => ReadAsync(ground, cancellationToken), verdict => verdict.Differences.Count == 0, _deadline,
            $"the books balance after {string.Join(", ", ground.Faults)}", cancellationToken);
        Console.WriteLine($"{ground.Platform.Mode} after {string.Join(", ", ground.Faults)}: {verdict}");
        return verdict;
    }

    /// <summary>Compares everything as it stands now.</summary>
    public static async Task<Verdict> ReadAsync(ProvingGround ground, CancellationToken cancellationToken)
    {
        var attempts = ground.Provider.Ledger.Attempts;
        var rows = await BilledAttempt.ReadAllAsync(ground.Platform, cancellationToken);
        var cost = rows.Sum(row => row.CostUsd);
        var requests = attempts.Select(attempt => attempt.RequestId)
            .Concat(ground.Calls.Select(call => call.Result.RequestId))
            .Concat(rows.Select(row => row.RequestId))
            .OfType<string>()
            .ToHashSet();
        var witnesses = attempts.ToLookup(attempt => (attempt.RequestId, attempt.Attempt));
        return new Verdict
        {
            Requests = requests.Count,
            Attempts = attempts.Count,
            Refused = attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Refused),
            Rows = rows.Count,
            Estimated =
            [
                .. rows.Where(row => !row.IsExact).Select(row => new EstimatedAttempt(
                    row, witnesses[(row.RequestId, row.Attempt)].FirstOrDefault())),
            ],
            CostUsd = cost,
            Differences =
            [
                .. OfRows(ground, attempts, rows),
                .. (await LedgerPostings.ReadAsync(ground, cancellationToken)).DifferencesFrom(rows),
                .. await OfBudgetAsync(ground, ProvingGround.Budget, cost, cancellationToken),
                .. await OfBudgetAsync(ground, ProvingGround.Watched, cost, cancellationToken),
                .. await OfAlertsAsync(ground, cost, cancellationToken),
                .. await OfConflictsAsync(ground, cancellationToken),
                .. await OfTrailAsync(ground, requests, cancellationToken),
                .. await OfCompletenessAsync(ground, cancellationToken),
                .. await SetAside.ReadAsync(ground, cancellationToken),
            ],
        };
    }

    private static IEnumerable<string> OfRows(
        ProvingGround ground, IReadOnlyList<ProviderAttempt> attempts, IReadOnlyList<BilledAttempt> rows)
    {
        var served = ground.Calls
            .Where(call => call.Result.Succeeded)
            .Select(call => call.Result.RequestId)
            .ToHashSet();
        var byAttempt = rows.ToLookup(row => (row.RequestId, row.Attempt));
        foreach (var attempt in attempts)
        {
            var name = $"{attempt.RequestId}/{attempt.Attempt}";
            var billed = byAttempt[(attempt.RequestId!, attempt.Attempt!)].ToList();
            if (attempt.Outcome == AttemptOutcome.Refused && billed.Count == 0)
                continue;
            if (billed.Count != 1)
                yield return $"{name} ({attempt.Outcome}) has {billed.Count} rows";
            else if (!IsRight(attempt, billed[0], served.Contains(attempt.RequestId)))
                yield return $"{name} ({attempt.Outcome}, {attempt.Billed}) is billed as {billed[0]}";
        }

        // An edge that dies between its note that it is about to call and the call has nobody to ask what became of
        // it: that is billed as an estimate, too. No other row may be without a witness.
        var known = attempts.Select(attempt => (attempt.RequestId!, attempt.Attempt!)).ToHashSet();
        var unwitnessed = rows.Where(row => !known.Contains((row.RequestId, row.Attempt))).ToList();
        foreach (var row in unwitnessed.Where(row => !row.IsRecovered))
            yield return $"{row.RequestId}/{row.Attempt} is billed, and the provider knows nothing of it: {row}";
        if (unwitnessed.Count > ground.EdgeDeaths)
            yield return $"{unwitnessed.Count} rows without a call, and edges died {ground.EdgeDeaths} times";
    }

    // Whose caller has the last byte is billed to the token, whatever died a moment later. An answer that the provider
    // ended and its caller did not get may be either; a call that broke off is an estimate; one that was refused costs
    // nothing, unless the edge died before it knew.
    private static bool IsRight(ProviderAttempt attempt, BilledAttempt row, bool isServed)
    {
        var isExact = row.IsExact && (row.Input, row.Output) == (attempt.Billed.Prompt, attempt.Billed.Completion);
        var isRecovered = row.IsRecovered && row.Input > 0;
        return attempt.Outcome switch
        {
            AttemptOutcome.Completed => isExact || (isRecovered && !isServed),
            AttemptOutcome.Refused => isRecovered,
            _ => isRecovered || (row.IsCounted && row.Input > 0),
        };
    }

    private static async Task<IEnumerable<string>> OfBudgetAsync(
        ProvingGround ground, string name, decimal cost, CancellationToken cancellationToken)
    {
        var budget = await ground.Admin.GetAsync($"budgets/{name}", cancellationToken);
        var (spent, held) = (budget.GetProperty("spent_usd").GetDecimal(), budget.GetProperty("held_usd").GetDecimal());
        return
        [
            .. spent == cost ? (string[])[] : [$"budget {name} has spent {spent}, the rows cost {cost}"],
            .. held == 0 ? (string[])[] : [$"budget {name} still holds {held}"],
        ];
    }

    // Every threshold that was reached is told once, and no other.
    private static async Task<IEnumerable<string>> OfAlertsAsync(
        ProvingGround ground, decimal cost, CancellationToken cancellationToken)
    {
        var budget = await ground.Admin.GetAsync($"budgets/{ProvingGround.Watched}", cancellationToken);
        var limit = budget.GetProperty("limit_usd").GetDecimal();
        var reached = budget.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetDecimal())
            .Where(threshold => cost >= limit * threshold).ToHashSet();
        var alerts = await ground.Admin.GetAsync(
            $"alerts?limit=1000&budget={ProvingGround.Watched}", cancellationToken);
        var told = alerts.GetProperty("items").EnumerateArray()
            .Select(alert => alert.GetProperty("threshold").GetDecimal()).ToList();
        return
        [
            .. reached.Except(told).Select(threshold => $"nobody was told that {threshold:0.###} was reached"),
            .. told.Except(reached).Select(threshold => $"an alert says that {threshold:0.###} was reached"),
            .. told.CountBy(threshold => threshold).Where(threshold => threshold.Value > 1)
                .Select(threshold => $"{threshold.Value} alerts say that {threshold.Key:0.###} was reached"),
        ];
    }

    // Nothing ever says two things under one id.
    private static async Task<IEnumerable<string>> OfConflictsAsync(
        ProvingGround ground, CancellationToken cancellationToken)
    {
        var conflicts = await ground.Admin.GetAsync("usage/live/conflicts", cancellationToken);
        var contradictions = await ground.Admin.GetAsync("audit?kind=contradiction", cancellationToken);
        return
        [
            .. conflicts.GetProperty("items").EnumerateArray().Select(one => $"counters were contradicted: {one}"),
            .. contradictions.GetProperty("items").EnumerateArray().Select(one => $"the trail was contradicted: {one}"),
        ];
    }

    private static async Task<IEnumerable<string>> OfCompletenessAsync(
        ProvingGround ground, CancellationToken cancellationToken)
    {
        var completeness = await ground.Admin.GetAsync("completeness", cancellationToken);
        var behind = completeness.GetProperty("spools").EnumerateArray().Where(spool =>
            spool.GetProperty("last_sequence").GetInt64() != spool.GetProperty("highest_sequence").GetInt64());
        return
        [
            .. completeness.GetProperty("is_complete").GetBoolean() ? (string[])[] : [$"not all came: {completeness}"],
            .. behind.Select(spool => $"an edge has numbered more or less than came of it: {spool}"),
        ];
    }

    private static async Task<IEnumerable<string>> OfTrailAsync(
        ProvingGround ground, HashSet<string> requests, CancellationToken cancellationToken)
    {
        var exported = await ground.Admin.GetTextAsync("audit/export?kind=request", cancellationToken);
        var recorded = exported.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("content"))
            .Select(content => content.GetProperty("detail").GetProperty("request_id").GetString()!)
            .ToList();
        var verified = await ground.Admin.GetAsync("audit/verify", cancellationToken);

        // A caller whose connection broke before the first byte does not know the name of its request; the trail may.
        var nameless = ground.Calls.Count(call => call.Result.RequestId is null);
        var unknown = recorded.Except(requests).ToList();
        return
        [
            .. requests.Except(recorded).Select(request => $"the trail has nothing of {request}"),
            .. unknown.Count <= nameless
                ? (string[])[]
                : [$"the trail tells of {unknown.Count} requests, which {nameless} callers asked: {unknown[0]}"],
            .. recorded.CountBy(request => request).Where(request => request.Value > 1)
                .Select(request => $"the trail tells of {request.Key} {request.Value} times"),
            .. verified.GetProperty("ok").GetBoolean() ? (string[])[] : [$"the trail is broken: {verified}"],
        ];
    }
}
