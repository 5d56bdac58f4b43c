namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// A paper that goes with a notice by mail: where it is, not what it says. It is fetched for each attempt, and so must
/// be one that never changes.
/// </summary>
/// <param name="Name">Of the attached file: ASCII, without quotes.</param>
/// <param name="MediaType">Such as <c>application/pdf</c>.</param>
/// <param name="Service">Who has it.</param>
/// <param name="Path">Of that service's address.</param>
internal sealed record NoticePaper(string Name, string MediaType, string Service, string Path);
