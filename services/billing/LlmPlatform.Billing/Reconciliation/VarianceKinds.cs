namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Why a provider charges something else than we counted.</summary>
internal static class VarianceKinds
{
    /// <summary>
    /// Traffic that went past the gateway: by a key that is not the gateway's, or a model it never called.
    /// </summary>
    public const string Bypass = "bypass";

    /// <summary>The provider counted more by the gateway's own keys than we did: lost, or never metered.</summary>
    public const string Missing = "missing";

    /// <summary>The provider counted less than we did.</summary>
    public const string NotCharged = "not_charged";

    /// <summary>We had to estimate, and were wrong.</summary>
    public const string EstimateError = "estimate_error";

    /// <summary>The same tokens at another price.</summary>
    public const string WrongPrice = "wrong_price";

    /// <summary>The same tokens in another service tier.</summary>
    public const string WrongTier = "wrong_tier";

    /// <summary>Charged for something that no call through the gateway is: storage, searches, training.</summary>
    public const string ProviderOnly = "provider_only";

    /// <summary>Given back by the provider.</summary>
    public const string Credit = "credit";

    /// <summary>On another day than we have it, and on no other.</summary>
    public const string CutOff = "cut_off";

    /// <summary>Less than the smallest coin.</summary>
    public const string Rounding = "rounding";

    /// <summary>The provider gave an amount and no quantities, so that nobody can say.</summary>
    public const string Unexplained = "unexplained";
}
