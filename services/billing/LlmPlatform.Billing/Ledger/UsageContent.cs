using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Ledger;

/// <summary>
/// What a usage event says of money, as a hash of 128 bits that stands beside its charge: who pays, for what, how much
/// of it. Two events of one id and version that differ in it contradict each other. When it was recorded and how its
/// caller named things is left out, and so is all that a later version of the contract adds: an event that is delivered
/// again across an upgrade must say the same.
/// </summary>
internal static class UsageContent
{
    private const char Part = '\u001f';

    public static Guid HashOf(UsageRecorded usage)
    {
        var tokens = usage.Tokens;
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"{usage.RequestId}{Part}{usage.Attempt}{Part}{usage.Part}{Part}")
            .Append(CultureInfo.InvariantCulture, $"{usage.OccurredAt.ToUnixTimeMilliseconds()}{Part}")
            .Append(usage.Tenant).Append(Part).Append(usage.Team).Append(Part).Append(usage.CostCenter).Append(Part)
            .Append(usage.Project).Append(Part).Append(usage.User).Append(Part).Append(usage.KeyId).Append(Part)
            .Append(usage.Model).Append(Part).Append(usage.Provider).Append(Part).Append(usage.ProviderModel)
            .Append(Part).Append(usage.Outcome).Append(Part).Append(usage.UsageSource).Append(Part).Append(usage.Sku)
            .Append(Part).Append(ServiceTiers.Canonical(usage.ServiceTier)).Append(Part).Append(usage.Region)
            .Append(CultureInfo.InvariantCulture, $"{Part}{tokens.InputUncached}{Part}{tokens.CacheRead}")
            .Append(CultureInfo.InvariantCulture, $"{Part}{tokens.CacheWrite5m}{Part}{tokens.CacheWrite1h}")
            .Append(CultureInfo.InvariantCulture, $"{Part}{tokens.OutputText}{Part}{tokens.OutputReasoning}")
            .Append(CultureInfo.InvariantCulture, $"{Part}{tokens.AudioIn}{Part}{tokens.AudioOut}")
            .Append(CultureInfo.InvariantCulture, $"{Part}{tokens.ImageIn}{Part}{tokens.ImageOut}")
            .Append(CultureInfo.InvariantCulture, $"{Part}{usage.CostNanoUsd}");
        foreach (var held in usage.Budgets)
        {
            text.Append(Part).Append(held.BudgetId).Append('\t').Append(held.PeriodId);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return new Guid(hash[..16]);
    }
}
