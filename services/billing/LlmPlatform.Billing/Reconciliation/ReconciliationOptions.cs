using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Which providers are compared, and how: <c>Billing__Reconciliation__…</c> in the environment, accounts as
/// <c>Billing__Reconciliation__Accounts__0__Provider</c> and so on.
/// </summary>
internal sealed class ReconciliationOptions : IValidatableObject
{
    public const string Section = "Billing:Reconciliation";

    /// <summary>Accounts whose figures are asked for; a month is not billed before they are compared.</summary>
    public IReadOnlyList<ProviderAccount> Accounts { get; init; } = [];

    /// <summary>A difference of tokens up to this share of what is compared is none. Default 0.001.</summary>
    [Range(typeof(decimal), "0", "1")]
    public decimal TokenTolerance { get; init; } = 0.001m;

    /// <summary>What a day's charge for a model may differ in USD and still be rounding. Default 0.01.</summary>
    [Range(typeof(decimal), "0", "1000")]
    public decimal RoundingUsd { get; init; } = 0.01m;

    /// <summary>A month may differ by this in USD without anybody signing for it. Default 1.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal FreeUsd { get; init; } = 1m;

    /// <summary>How often accounts are asked without anybody saying so. Default 1 d; 0: never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "31.00:00:00")]
    public TimeSpan PullInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>After which a provider that gave no report is asked again. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PullRetry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Months that ended no longer ago are asked for: providers restate. Default 35 d.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan PullBack { get; init; } = TimeSpan.FromDays(35);

    /// <summary>How long one page of a report may take. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PageTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pages of one report at most. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPages { get; init; } = 10_000;

    /// <summary>Characters of an uploaded file at most. Default 64 Mi.</summary>
    [Range(1024, 512 * 1024 * 1024)]
    public int MaxUploadChars { get; init; } = 64 * 1024 * 1024;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var account in Accounts)
        {
            if (account.Provider.Length == 0 || account.AdminKey.Length == 0
                || account.Kind is not ("openai" or "anthropic"))
            {
                yield return new ValidationResult(
                    $"account '{account.Provider}' takes Provider, AdminKey, and Kind openai or anthropic.",
                    [nameof(Accounts)]);
            }
        }
    }
}
