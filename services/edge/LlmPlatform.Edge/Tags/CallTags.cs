using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Tags;

/// <summary>
/// What a call is labelled with, for reports and bills: the tags of its key, and those its caller names in
/// <c>X-Tags</c>. Where both name one, the key's counts: who pays decides what it is called.
/// </summary>
internal static class CallTags
{
    /// <summary>The header callers name them in.</summary>
    public const string Header = "X-Tags";

    /// <summary>Gives a call its tags.</summary>
    public static GatewayError? Read(GatewayCall call)
    {
        var own = call.Caller!.Tags;
        call.Tags = own;
        var header = call.Http.Request.Headers[Header];
        if (header.Count == 0)
        {
            return null;
        }

        if (!TagText.TryParse(header.ToString(), out var named))
        {
            return GatewayError.InvalidRequest($"The {Header} header must be {TagText.Form}.", Header);
        }

        if (named.Count > 0)
        {
            call.Tags = own is null ? named : Joined(own, named);
        }

        return null;
    }

    private static List<UsageTag> Joined(IReadOnlyList<UsageTag> own, IReadOnlyList<UsageTag> named) =>
        [.. own, .. named.Where(tag => own.All(mine => mine.Key != tag.Key))];
}
