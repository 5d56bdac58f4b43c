namespace LlmPlatform.Alerting.Channels;

/// <summary>What a mail server answered.</summary>
/// <param name="Code">Three digits: 2xx and 3xx go on, 4xx later, 5xx never.</param>
/// <param name="Lines">The texts, one a line.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int FirstRefusal = 400;

    /// <summary>Whether what was asked is done, or may go on.</summary>
    public bool IsPositive => Code < FirstRefusal;

    /// <summary>Whether one of the lines begins with a word, as extensions do in the answer to EHLO.</summary>
    public bool Offers(string word) => Lines.Any(line =>
        line.Equals(word, StringComparison.OrdinalIgnoreCase)
        || line.StartsWith(word + " ", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a mechanism of signing in is offered.</summary>
    public bool OffersToSignInBy(string mechanism) => Lines.Any(line =>
        line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)
        && line.Split(' ').Contains(mechanism, StringComparer.OrdinalIgnoreCase));
}
