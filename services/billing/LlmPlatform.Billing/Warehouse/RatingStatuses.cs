namespace LlmPlatform.Billing.Warehouse;

/// <summary>The values of a usage row's <c>rating_status</c>.</summary>
internal static class RatingStatuses
{
    /// <summary>Priced from billing's own book.</summary>
    public const string Rated = "rated";

    /// <summary>Billing knows no price: the cost is unknown, and not nothing.</summary>
    public const string Unpriced = "unpriced";
}
