using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Stages;

/// <summary>
/// A provider that speaks one protocol. The platform's models of it are <c>openai-chat</c>, <c>openai-parallel</c> and
/// so on; it knows them by names such as its vendor gives.
/// </summary>
/// <param name="Name">Of the provider and, before the role, of its models.</param>
/// <param name="Kind">As the configuration spells it.</param>
/// <param name="Provider">The provider itself.</param>
/// <param name="Generates">What its models that generate are called before the role.</param>
/// <param name="Embeds">Its model that embeds; null when it has none.</param>
public sealed record Upstream(string Name, string Kind, FakeProvider Provider, string Generates, string? Embeds)
{
    /// <summary>Answers as the default script says.</summary>
    public const string Chat = "chat";

    /// <summary>Calls two tools at once.</summary>
    public const string Parallel = "parallel";

    /// <summary>Refused by tests that want to see it refused.</summary>
    public const string Busy = "busy";

    /// <summary>Breaks off with an error after three chunks.</summary>
    public const string Broken = "broken";

    /// <summary>Ends at the token limit.</summary>
    public const string Length = "length";

    /// <summary>Embeds.</summary>
    public const string Embedding = "embedding";

    private static readonly string[] _roles = [Chat, Parallel, Busy, Broken, Length];

    /// <summary>The name the platform's callers use.</summary>
    public string ModelOf(string role) => $"{Name}-{role}";

    /// <summary>The name the provider knows.</summary>
    public string ProviderModelOf(string role) => role == Embedding ? Embeds! : $"{Generates}-{role}";

    /// <summary>Sets the scripts of its models.</summary>
    public void Reset()
    {
        Provider.ScriptModel(ProviderModelOf(Parallel), new ProviderScript { ToolCalls = 2 });
        Provider.ScriptModel(ProviderModelOf(Broken), new ProviderScript { ErrorAfterChunks = 3 });
        Provider.ScriptModel(ProviderModelOf(Length), new ProviderScript { Ending = AnswerEnding.Length });
    }

    internal string ProviderYaml => $$"""
          - name: {{Name}}
            kind: {{Kind}}
            base_url: "{{Provider.BaseUrl}}"
            api_key: {{Provider.ApiKey}}
            health: { enabled: false }
            circuit: { failures: 1000 }{{(Kind == "bedrock" ? "\n    location: us-east-1" : "")}}
        """;

    internal IEnumerable<string> ModelYaml => (Embeds is null ? _roles : _roles.Append(Embedding)).Select(role => $$"""
          - name: {{ModelOf(role)}}
            deployments: [ { provider: {{Name}}, model: "{{ProviderModelOf(role)}}" } ]
            price: { input: 1, output: 2 }

        """);
}
