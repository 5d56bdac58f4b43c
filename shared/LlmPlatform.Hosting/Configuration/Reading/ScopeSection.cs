namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>The key <c>scope</c> of limits and budgets.</summary>
internal static class ScopeSection
{
    public static ScopeReference Read(SectionReader owner)
    {
        const string Key = "scope";
        owner.Require(Key);
        if (owner.Value(Key) is not { } text)
            return ScopeReference.Global;
        if (!ScopeReference.TryParse(text.Value, out var scope))
        {
            owner.Fault(Key, $"{text.Shown} is no scope; write global or kind:name, such as tenant:acme, "
                + "team:acme/search, user:ann, key:ci, model:gpt-4o, key_model:ci/gpt-4o, tier:basic, "
                + "route:/v1/embeddings, project:x, ip:10.0.0.7.");
        }

        return scope;
    }
}
