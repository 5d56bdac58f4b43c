using System.Runtime.CompilerServices;
using System.Text.Json;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Writes the events of every call, by hand because it is done three times for each: what <see cref="SpoolJson"/>
/// reads, every member of it, and those that are null left out (fees for the web, where there are none). A test holds
/// both together.
/// </summary>
internal static class EventJson
{
    // A price is pinned to thousands of calls.
    private static readonly ConditionalWeakTable<Price, byte[]> Prices = [];

    public static void Write(RecordJson json, CallIntent intent)
    {
        json.Raw("{\"estimate\":"u8);
        Write(json, intent.Estimate);
        json.Text(",\"route\":"u8, intent.Route);
        json.Number(",\"requestBytes\":"u8, intent.RequestBytes);
        if (intent.Price is { } price)
        {
            json.Raw(",\"price\":"u8);
            json.Raw(Prices.GetValue(
                price, static one => JsonSerializer.SerializeToUtf8Bytes(one, SpoolJson.Default.Price)));
        }

        json.Raw("}"u8);
    }

    public static void Write(RecordJson json, UsageRecorded usage)
    {
        json.Id("{\"eventId\":"u8, usage.EventId);
        json.Number(",\"eventVersion\":"u8, usage.EventVersion);
        json.Id(",\"requestId\":"u8, usage.RequestId);
        json.Number(",\"attempt\":"u8, usage.Attempt);
        json.Number(",\"part\":"u8, usage.Part);
        json.Time(",\"occurredAt\":"u8, usage.OccurredAt);
        json.Time(",\"recordedAt\":"u8, usage.RecordedAt);
        json.Text(",\"tenant\":"u8, usage.Tenant);
        json.Text(",\"team\":"u8, usage.Team);
        json.Text(",\"costCenter\":"u8, usage.CostCenter);
        json.Text(",\"project\":"u8, usage.Project);
        json.Text(",\"user\":"u8, usage.User);
        json.Text(",\"keyId\":"u8, usage.KeyId);
        json.Text(",\"keyName\":"u8, usage.KeyName);
        json.Text(",\"operation\":"u8, usage.Operation);
        json.Text(",\"modelRequested\":"u8, usage.ModelRequested);
        json.Text(",\"model\":"u8, usage.Model);
        json.Text(",\"provider\":"u8, usage.Provider);
        json.Text(",\"providerModel\":"u8, usage.ProviderModel);
        json.Text(",\"providerRequestId\":"u8, usage.ProviderRequestId);
        json.Flag(",\"isStream\":"u8, usage.IsStream);
        json.Text(",\"outcome\":"u8, usage.Outcome);
        json.Text(",\"usageSource\":"u8, usage.UsageSource);
        json.Text(",\"rawUsage\":"u8, usage.RawUsage);
        json.Text(",\"serviceTier\":"u8, usage.ServiceTier);
        json.Text(",\"region\":"u8, usage.Region);
        WriteTags(json, usage.Tags);
        WriteTokens(json, usage.Tokens);
        json.Text(",\"sku\":"u8, usage.Sku);
        json.Text(",\"priceVersion\":"u8, usage.PriceVersion);
        json.Number(",\"costNanoUsd\":"u8, usage.CostNanoUsd);
        WriteBudgets(json, usage.Budgets);
        json.Flag(",\"endsRequest\":"u8, usage.EndsRequest);
        json.Raw("}"u8);
    }

    public static void Write(RecordJson json, RequestCompleted completed)
    {
        json.Id("{\"eventId\":"u8, completed.EventId);
        json.Id(",\"requestId\":"u8, completed.RequestId);
        json.Time(",\"occurredAt\":"u8, completed.OccurredAt);
        json.Duration(",\"duration\":"u8, completed.Duration);
        json.Duration(",\"timeToFirstToken\":"u8, completed.TimeToFirstToken);
        json.Text(",\"route\":"u8, completed.Route);
        json.Text(",\"tenant\":"u8, completed.Tenant);
        json.Text(",\"team\":"u8, completed.Team);
        json.Text(",\"user\":"u8, completed.User);
        json.Text(",\"keyId\":"u8, completed.KeyId);
        json.Text(",\"keyName\":"u8, completed.KeyName);
        json.Text(",\"modelRequested\":"u8, completed.ModelRequested);
        json.Text(",\"model\":"u8, completed.Model);
        json.Text(",\"provider\":"u8, completed.Provider);
        json.Flag(",\"isStream\":"u8, completed.IsStream);
        json.Number(",\"status\":"u8, completed.Status);
        json.Text(",\"errorCode\":"u8, completed.ErrorCode);
        if (completed.RefusedBudget is { } refused)
        {
            json.Text(",\"refusedBudget\":{\"budgetId\":"u8, refused.BudgetId);
            json.Text(",\"periodId\":"u8, refused.PeriodId);
            json.Flag(",\"heldOnly\":"u8, refused.HeldOnly);
            json.Raw("}"u8);
        }

        WriteAttempts(json, completed.Attempts);
        json.Text(",\"fallbackReason\":"u8, completed.FallbackReason);
        json.Number(",\"requestBytes\":"u8, completed.RequestBytes);
        json.Number(",\"responseBytes\":"u8, completed.ResponseBytes);
        json.Number(",\"inputTokens\":"u8, completed.InputTokens);
        json.Number(",\"outputTokens\":"u8, completed.OutputTokens);
        json.Number(",\"costNanoUsd\":"u8, completed.CostNanoUsd);
        json.Flag(",\"recovered\":"u8, completed.Recovered);
        json.Raw("}"u8);
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
