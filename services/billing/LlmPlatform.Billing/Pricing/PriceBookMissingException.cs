namespace LlmPlatform.Billing.Pricing;

/// <summary>No price book was published yet: what the file declares is still to be written to PostgreSQL.</summary>
internal sealed class PriceBookMissingException() : Exception("No price book was published yet.");
