namespace LlmPlatform.Hosting.Options;

/// <summary>A section some module reads: a section that none reads is a typing error, and a fault of the start.</summary>
/// <param name="Path">For example <c>Billing:Warehouse</c>.</param>
internal sealed record OptionsSection(string Path);
