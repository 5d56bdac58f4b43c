namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// One more item of a list of the configuration, from elsewhere than its file. It is written and checked as in the
/// file, but that nothing in it is read from the environment.
/// </summary>
/// <param name="Section">The list, such as <c>providers</c>.</param>
/// <param name="Json">The item: a JSON object with the keys the file has.</param>
public sealed record ConfigurationAddition(string Section, string Json);
