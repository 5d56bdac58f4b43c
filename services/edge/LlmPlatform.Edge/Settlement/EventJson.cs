using System.Runtime.CompilerServices;
using System.Text.Json;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Writes the events of every call, by hand because it is done three times for each: what <see cref="SpoolJson"/>
/// reads, every member of it, and those that are null left out (fees for the web, where there are none). A test holds
/// the writers of whole records to that; those that write from a call are made of the same parts, in the same order.
/// </summary>
internal static class EventJson
{
    // A price is pinned to thousands of calls.
    private static readonly ConditionalWeakTable<Price, byte[]> Prices = [];

    public static void Write(RecordJson json, CallIntent intent)
    {
        json.Raw("{\"estimate\":"u8);
        Write(json, intent.Estimate);
        WriteRequest(json, intent.Route, intent.RequestBytes, intent.Price);
    }

    /// <summary>The intent of an attempt, from the call itself.</summary>
    public static void WriteIntent(RecordJson json, GatewayCall call, OpenAttempt open, in AttemptFigures figures)
    {
        json.Raw("{\"estimate\":"u8);
        WriteUsage(json, call, open, in figures);
        WriteRequest(json, call.Api.Route, call.RequestBytes, open.Price);
    }

    public static void Write(RecordJson json, UsageRecorded usage)
    {
        WriteIds(json, usage.EventId, usage.RequestId, usage.OccurredAt);
        WriteNumbers(json, usage.Attempt, usage.Part);
        WriteCaller(json, usage.Tenant, usage.Team, usage.User, usage.KeyId, usage.KeyName);
        WriteAccount(json, usage.CostCenter, usage.Project);
        WriteModel(json, usage.ModelRequested, usage.Model, usage.Provider, usage.IsStream);
        WriteTarget(json, usage.Operation, usage.ProviderModel);
        WriteFigures(json, AttemptFigures.Of(usage));
        WriteTags(json, usage.Tags);
        WritePrice(json, usage.Sku, usage.PriceVersion);
        WriteBudgets(json, usage.Budgets);
        json.Raw("}"u8);
    }

    /// <summary>What an attempt consumed, from the call itself.</summary>
    public static void WriteUsage(RecordJson json, GatewayCall call, OpenAttempt open, in AttemptFigures figures)
    {
        var (caller, request, candidate) = (call.Caller!, call.Request!, open.Candidate);
        WriteIds(json, open.EventId, call.RequestId, call.OccurredAt);
        WriteNumbers(json, open.Number, part: 0);
        WriteCaller(json, caller.Tenant, caller.Team, caller.User, caller.KeyId, caller.KeyName);
        WriteAccount(json, caller.CostCenter, caller.Project);
        WriteModel(json, request.Model, candidate.Model.Name, candidate.Provider.Name, request.Stream);
        WriteTarget(json, call.Api.Operation, candidate.Deployment.Model);
        WriteFigures(json, in figures);
        WriteTags(json, call.Tags);
        WritePrice(json, open.Sku, open.Price?.VersionId);
        WriteBudgets(json, call.Budgets);
        json.Raw("}"u8);
    }

    public static void Write(RecordJson json, RequestCompleted completed)
    {
        WriteIds(json, completed.EventId, completed.RequestId, completed.OccurredAt);
        WriteTimes(json, completed.Duration, completed.TimeToFirstToken);
        json.Text(",\"route\":"u8, completed.Route);
        WriteCaller(
            json, completed.Tenant, completed.Team, completed.User, completed.KeyId, completed.KeyName);
        WriteModel(json, completed.ModelRequested, completed.Model, completed.Provider, completed.IsStream);
        WriteEnd(json, completed.Status, completed.ErrorCode, completed.RefusedBudget);
        WriteAttempts(json, completed.Attempts);
        json.Text(",\"fallbackReason\":"u8, completed.FallbackReason);
        WriteBytes(json, completed.RequestBytes, completed.ResponseBytes);
        WriteSums(json, completed.InputTokens, completed.OutputTokens, completed.CostNanoUsd);
        json.Flag(",\"recovered\":"u8, completed.Recovered);
        json.Raw("}"u8);
    }

    /// <summary>How a request ended, from the call itself.</summary>
    public static void WriteCompletion(RecordJson json, GatewayCall call, Guid eventId, TimeSpan duration)
    {
        var (caller, served) = (call.Caller, call.Served);
        WriteIds(json, eventId, call.RequestId, call.OccurredAt);
        WriteTimes(json, duration, call.TimeToFirstToken);
        json.Text(",\"route\":"u8, call.Api.Route);
        WriteCaller(json, caller?.Tenant, caller?.Team, caller?.User, caller?.KeyId, caller?.KeyName);
        WriteModel(
            json, call.ModelRequested, served?.Model.Name, served?.Provider.Name, call.Request?.Stream ?? false);
        WriteEnd(json, call.Http.Response.StatusCode, call.ErrorCode, call.RefusedBudget);
        WriteAttempts(json, call.Attempts);
        json.Text(",\"fallbackReason\":"u8, call.FallbackReason);
        WriteBytes(json, call.RequestBytes, call.ResponseBytes);
        WriteSums(json, call.InputTokens, call.OutputTokens, call.CostNanoUsd);
        json.Raw("}"u8);
    }

    private static void WriteRequest(RecordJson json, string route, long requestBytes, Price? pinned)
    {
        json.Text(",\"route\":"u8, route);
        json.Number(",\"requestBytes\":"u8, requestBytes);
        if (pinned is { } price)
        {
            json.Raw(",\"price\":"u8);
            json.Raw(Prices.GetValue(
                price, static one => JsonSerializer.SerializeToUtf8Bytes(one, SpoolJson.Default.Price)));
        }

        json.Raw("}"u8);
    }

    private static void WriteIds(RecordJson json, Guid eventId, Guid requestId, DateTimeOffset occurredAt)
    {
        json.Id("{\"eventId\":"u8, eventId);
        json.Id(",\"requestId\":"u8, requestId);
        json.Time(",\"occurredAt\":"u8, occurredAt);
    }

    private static void WriteNumbers(RecordJson json, int attempt, int part)
    {
        json.Number(",\"attempt\":"u8, attempt);
        json.Number(",\"part\":"u8, part);
    }

    private static void WriteTimes(RecordJson json, TimeSpan duration, TimeSpan? toFirstToken)
    {
        json.Duration(",\"duration\":"u8, duration);
        json.Duration(",\"timeToFirstToken\":"u8, toFirstToken);
    }

    private static void WriteCaller(
        RecordJson json, string? tenant, string? team, string? user, string? keyId, string? keyName)
    {
        json.Text(",\"tenant\":"u8, tenant);
        json.Text(",\"team\":"u8, team);
        json.Text(",\"user\":"u8, user);
        json.Text(",\"keyId\":"u8, keyId);
        json.Text(",\"keyName\":"u8, keyName);
    }

    private static void WriteModel(RecordJson json, string? asked, string? model, string? provider, bool isStream)
    {
        json.Text(",\"modelRequested\":"u8, asked);
        json.Text(",\"model\":"u8, model);
        json.Text(",\"provider\":"u8, provider);
        json.Flag(",\"isStream\":"u8, isStream);
    }

    private static void WriteEnd(RecordJson json, int status, string? errorCode, RefusedBudget? refused)
    {
        json.Number(",\"status\":"u8, status);
        json.Text(",\"errorCode\":"u8, errorCode);
        if (refused is not null)
        {
            json.Text(",\"refusedBudget\":{\"budgetId\":"u8, refused.BudgetId);
            json.Text(",\"periodId\":"u8, refused.PeriodId);
            json.Flag(",\"heldOnly\":"u8, refused.HeldOnly);
            json.Raw("}"u8);
        }
    }

    private static void WriteBytes(RecordJson json, long requestBytes, long responseBytes)
    {
        json.Number(",\"requestBytes\":"u8, requestBytes);
        json.Number(",\"responseBytes\":"u8, responseBytes);
    }

    private static void WriteSums(RecordJson json, long inputTokens, long outputTokens, long costNanoUsd)
    {
        json.Number(",\"inputTokens\":"u8, inputTokens);
        json.Number(",\"outputTokens\":"u8, outputTokens);
        json.Number(",\"costNanoUsd\":"u8, costNanoUsd);
    }

    private static void WriteAccount(RecordJson json, string? costCenter, string? project)
    {
        json.Text(",\"costCenter\":"u8, costCenter);
        json.Text(",\"project\":"u8, project);
    }

    private static void WriteTarget(RecordJson json, string operation, string providerModel)
    {
        json.Text(",\"operation\":"u8, operation);
        json.Text(",\"providerModel\":"u8, providerModel);
    }

    private static void WriteFigures(RecordJson json, in AttemptFigures figures)
    {
        json.Number(",\"eventVersion\":"u8, figures.EventVersion);
        json.Time(",\"recordedAt\":"u8, figures.RecordedAt);
        json.Text(",\"providerRequestId\":"u8, figures.ProviderRequestId);
        json.Text(",\"outcome\":"u8, figures.Outcome);
        json.Text(",\"usageSource\":"u8, figures.UsageSource);
        json.Text(",\"rawUsage\":"u8, figures.RawUsage);
        json.Text(",\"serviceTier\":"u8, figures.ServiceTier);
        json.Text(",\"region\":"u8, figures.Region);
        json.Number(",\"costNanoUsd\":"u8, figures.CostNanoUsd);
        json.Flag(",\"endsRequest\":"u8, figures.EndsRequest);
        if (figures.Tokens is { } tokens)
        {
            WriteTokens(json, tokens);
            return;
        }

        json.Number(",\"tokens\":{\"inputUncached\":"u8, figures.InputEstimate);
        json.Raw("}"u8);
    }

    private static void WritePrice(RecordJson json, string sku, string? priceVersion)
    {
        json.Text(",\"sku\":"u8, sku);
        json.Text(",\"priceVersion\":"u8, priceVersion);
    }

    private static void WriteTokens(RecordJson json, TokenUsage tokens)
    {
        json.Number(",\"tokens\":{\"inputUncached\":"u8, tokens.InputUncached);
        json.Number(",\"cacheRead\":"u8, tokens.CacheRead);
        json.Number(",\"cacheWrite5m\":"u8, tokens.CacheWrite5m);
        json.Number(",\"cacheWrite1h\":"u8, tokens.CacheWrite1h);
        json.Number(",\"outputText\":"u8, tokens.OutputText);
        json.Number(",\"outputReasoning\":"u8, tokens.OutputReasoning);
        json.Number(",\"audioIn\":"u8, tokens.AudioIn);
        json.Number(",\"audioOut\":"u8, tokens.AudioOut);
        json.Number(",\"imageIn\":"u8, tokens.ImageIn);
        json.Number(",\"imageOut\":"u8, tokens.ImageOut);
        if (tokens.WebSearches != 0)
        {
            json.Number(",\"webSearches\":"u8, tokens.WebSearches);
        }

        if (tokens.WebFetches != 0)
        {
            json.Number(",\"webFetches\":"u8, tokens.WebFetches);
        }

        json.Raw("}"u8);
    }

    private static void WriteTags(RecordJson json, IReadOnlyList<UsageTag>? tags)
    {
        if (tags is null)
        {
            return;
        }

        json.Raw(",\"tags\":["u8);
        for (var i = 0; i < tags.Count; i++)
        {
            json.Text(i == 0 ? "{\"key\":"u8 : ",{\"key\":"u8, tags[i].Key);
            json.Text(",\"value\":"u8, tags[i].Value);
            json.Raw("}"u8);
        }

        json.Raw("]"u8);
    }

    private static void WriteBudgets(RecordJson json, IReadOnlyList<HeldBudget> budgets)
    {
        json.Raw(",\"budgets\":["u8);
        for (var i = 0; i < budgets.Count; i++)
        {
            json.Text(i == 0 ? "{\"budgetId\":"u8 : ",{\"budgetId\":"u8, budgets[i].BudgetId);
            json.Number(",\"revision\":"u8, budgets[i].Revision);
            json.Text(",\"periodId\":"u8, budgets[i].PeriodId);
            json.Raw(budgets[i].CountsTokens ? ",\"countsTokens\":true}"u8 : "}"u8);
        }

        json.Raw("]"u8);
    }

    private static void WriteAttempts(RecordJson json, IReadOnlyList<AttemptSummary> attempts)
    {
        json.Raw(",\"attempts\":["u8);
        for (var i = 0; i < attempts.Count; i++)
        {
            json.Number(i == 0 ? "{\"attempt\":"u8 : ",{\"attempt\":"u8, attempts[i].Attempt);
            json.Text(",\"provider\":"u8, attempts[i].Provider);
            json.Text(",\"providerModel\":"u8, attempts[i].ProviderModel);
            json.Text(",\"outcome\":"u8, attempts[i].Outcome);
            if (attempts[i].Status is { } status)
            {
                json.Number(",\"status\":"u8, status);
            }

            json.Duration(",\"duration\":"u8, attempts[i].Duration);
            json.Raw("}"u8);
        }

        json.Raw("]"u8);
    }
}
