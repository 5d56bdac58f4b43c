using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Billing.Proposals;

/// <summary>
/// Who acts, where it matters that two are two. A key with a role is its own person. The master key is many people's:
/// whoever uses it names himself in <c>X-Operator</c>; the name is kept with the change and in the audit trail.
/// </summary>
internal static class ActingPerson
{
    public const string Header = "X-Operator";

    private const int NameLength = 100;

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
