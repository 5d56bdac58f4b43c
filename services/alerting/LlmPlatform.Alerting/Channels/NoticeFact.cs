namespace LlmPlatform.Alerting.Channels;

/// <summary>One line of the table that a notice shows.</summary>
/// <param name="Label">For example <c>Spent</c>.</param>
/// <param name="Value">For example <c>$400.00 of $500.00</c>.</param>
internal sealed record NoticeFact(string Label, string Value);
