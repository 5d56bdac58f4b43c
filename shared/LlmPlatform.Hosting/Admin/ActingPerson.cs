using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Who acts, where it matters that two are two. A key with a role is its own person. The master key is many people's:
/// whoever uses it names himself in <c>X-Operator</c>; the name is kept with the change and in the audit trail.
/// </summary>
public static class ActingPerson
{
    /// <summary>Where whoever uses the master key names himself.</summary>
    public const string Header = "X-Operator";

    private const int NameLength = 100;

    /// <summary>The one who makes a call: <c>key_5f…:finance</c>, <c>master:ann</c>, or <c>master</c>.</summary>
    public static string Of(HttpContext context)
    {
        var actor = context.Actor();
        if (actor != AdminOperator.Master.Actor)
        {
            return actor;
        }

        var name = context.Request.Headers[Header].ToString().Trim();
        return name.Length is 0 or > NameLength || name.Any(char.IsControl) ? actor : $"{actor}:{name}";
    }
}
