namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>One answer as Bedrock gives it, streamed and whole, and what it says.</summary>
/// <param name="Name">What it is an example of.</param>
/// <param name="Events">The names and payloads of its events; a name that ends in "Exception" is an exception.</param>
/// <param name="Whole">The same as one document; null where there is no such.</param>
/// <param name="Lines">What <see cref="SpokenAnswer"/> hears.</param>
internal sealed record ConverseFixture(
    string Name, IReadOnlyList<(string Name, string Payload)> Events, string? Whole, IReadOnlyList<string> Lines)
{
    /// <summary>The stream's bytes.</summary>
    public byte[] Stream =>
    [
        .. Events.SelectMany(said => said.Name.EndsWith("Exception", StringComparison.Ordinal)
            ? AwsEvents.Exception(said.Name, said.Payload)
            : AwsEvents.Event(said.Name, said.Payload)),
    ];

    public override string ToString() => Name;
}
