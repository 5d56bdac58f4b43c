namespace LlmPlatform.Billing.Bills;

/// <summary>What was agreed with a tenant on how he is billed.</summary>
internal sealed record BillingTerms
{
    /// <summary>The IANA zone whose midnights bound the month; null: the platform's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>ISO 4217. Default USD.</summary>
    public string Currency { get; init; } = Currencies.Usd;

    /// <summary>Numbers of bills begin with it; each has a sequence of its own. Default INV.</summary>
    public string Series { get; init; } = "INV";

    /// <summary>Who bills.</summary>
    public BillParty Issuer { get; init; } = new() { Name = "LlmPlatform" };

    /// <summary>Who is billed; null: the tenant's name.</summary>
    public BillParty? Customer { get; init; }

    /// <summary>For the customer's own books.</summary>
    public string? PurchaseOrder { get; init; }

    /// <summary>What is added to list prices, as a share: 0.05 is five per cent.</summary>
    public decimal MarkupShare { get; init; }

    /// <summary>What is taken off list prices; of several that fit the first.</summary>
    public IReadOnlyList<BillDiscount> Discounts { get; init; } = [];

    /// <summary>For the tax's account and the documents; null: no tax.</summary>
    public string? TaxCode { get; init; }

    /// <summary>On what is charged, as a share.</summary>
    public decimal TaxShare { get; init; }

    /// <summary>From the day of issue. Default 30.</summary>
    public int PaymentDays { get; init; } = 30;

    /// <summary>Accounts of the general ledger.</summary>
    public BillAccounts Accounts { get; init; } = new();

    /// <summary>What is wrong with them, in a sentence; null when nothing is.</summary>
    public string? Fault() => this switch
    {
        { TimeZone: { } zone } when NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null =>
            "time_zone is the IANA name of a zone, such as Europe/Paris.",
        _ when !Currencies.IsCode(Currency) => "currency is three capital letters, such as EUR.",
        _ when Series.Length is 0 or > 17
            || !Series.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') =>
            "series is up to 17 letters, digits and hyphens.",
        { MarkupShare: < 0 or > 10 } => "markup_share is from 0 to 10: 0.05 is five per cent.",
        { TaxShare: < 0 or > 1 } => "tax_share is from 0 to 1: 0.19 is nineteen per cent.",
        { TaxShare: > 0, TaxCode: null } => "tax_code is missing beside tax_share.",
        { PaymentDays: < 0 or > 365 } => "payment_days is from 0 to 365.",
        _ when Discounts.Any(discount => discount.Share is < 0 or > 1) =>
            "a discount's share is from 0 to 1: 0.1 is ten per cent.",
        _ => null,
    };

    /// <summary>The share taken off a model's list price.</summary>
    public decimal DiscountOn(string provider, string model) =>
        Discounts.FirstOrDefault(discount => (discount.Provider ?? provider) == provider
            && (discount.Model ?? model) == model)?.Share ?? 0;
}
