namespace LlmPlatform.Billing.Bills;

/// <summary>The values of a bill's state, in their order.</summary>
internal static class BillStates
{
    /// <summary>The month is not over.</summary>
    public const string Open = "open";

    /// <summary>The month is over, and usage of it may still come.</summary>
    public const string Collecting = "collecting";

    /// <summary>Closed, and something stands in the way.</summary>
    public const string Draft = "draft";

    /// <summary>Closed; nothing stands in the way but a second person.</summary>
    public const string Review = "review";

    public const string Approved = "approved";

    /// <summary>Numbered, sent, and never changed again.</summary>
    public const string Issued = "issued";

    /// <summary>Taken back whole; another bill may take its place.</summary>
    public const string Voided = "voided";

    /// <summary>Credited whole.</summary>
    public const string Credited = "credited";
}
