namespace LlmPlatform.Billing.Exports;

/// <summary>A column of a table on a page.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Width">In points.</param>
/// <param name="IsNumber">Set flush right.</param>
/// <param name="Wraps">On as many lines as it takes, where others are cut to one.</param>
internal sealed record PdfColumn(string Title, double Width, bool IsNumber = false, bool Wraps = false);
