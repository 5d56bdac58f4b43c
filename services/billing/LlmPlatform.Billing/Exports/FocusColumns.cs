namespace LlmPlatform.Billing.Exports;

/// <summary>The columns of the FOCUS datasets, in the order they are written; ours begin with <c>x_</c>.</summary>
internal static class FocusColumns
{
    private static readonly string[] Ours = ["x_PriceVariant", "x_PriceVersionId", "x_ServicePeriod", "x_Team"];

    private static readonly string[] SinceOneTwo =
    [
        "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType",
        "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "CapacityReservationId",
        "CapacityReservationStatus", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
        "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId",
        "CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "CommitmentDiscountType",
        "CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice",
        "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory",
        "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost",
        "PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit", "RegionId", "RegionName", "ResourceId",
        "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter",
        "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags",
    ];

    /// <summary>Cost and Usage of version 1.2, with two columns that were dropped later.</summary>
    public static IReadOnlyList<string> CostAndUsage12 { get; } =
        [.. SinceOneTwo.Concat(["ProviderName", "PublisherName"]).Order(StringComparer.Ordinal), .. Ours];

    /// <summary>Cost and Usage of version 1.4.</summary>
    public static IReadOnlyList<string> CostAndUsage14 { get; } =
    [
        .. SinceOneTwo.Concat(
        [
            "AllocatedMethodDetails", "AllocatedMethodId", "AllocatedResourceId", "AllocatedResourceName",
            "AllocatedTags", "CommitmentProgramEligibilityDetails", "ContractApplied", "HostProviderName",
            "InvoiceDetailId", "ServiceProviderName",
        ]).Order(StringComparer.Ordinal),
        .. Ours,
    ];

    /// <summary>Invoice Detail of version 1.4.</summary>
    public static IReadOnlyList<string> InvoiceDetail { get; } =
    [
        "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
        "ChargeCategory", "InvoiceDetailCreated", "InvoiceDetailDescription", "InvoiceDetailGrain", "InvoiceDetailId",
        "InvoiceDetailLastUpdated", "InvoiceId", "InvoiceIssueDate", "InvoiceIssueStatus", "InvoiceIssuerName",
        "PaymentCurrency", "PaymentCurrencyBilledCost", "PaymentCurrencyInvoiceDetailId", "PaymentDueDate",
        "PaymentTerms", "PurchaseOrderNumber", "ReferenceInvoiceId",
    ];

    /// <summary>Billing Period of version 1.4.</summary>
    public static IReadOnlyList<string> BillingPeriod { get; } =
    [
        "BillingPeriodCreated", "BillingPeriodEnd", "BillingPeriodLastUpdated", "BillingPeriodStart",
        "BillingPeriodStatus", "InvoiceIssuerName",
    ];
}
