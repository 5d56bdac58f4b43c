namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class VariableTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_variable_replaces_its_name_anywhere_in_a_value()
    {
        _folder.Environment["PORT"] = "81";
        _folder.Environment["SUB"] = "chat";
        _folder.Write("server: { port: \"${PORT}9\", cors_origins: [\"https://${SUB}.example.${TOP:-com}\"] }");

        var server = _folder.LoadGood().Server;

        Assert.Equal(819, server.Port);
        Assert.Equal(["https://chat.example.com"], server.CorsOrigins);
    }

    [Fact]
    public void An_unset_or_empty_variable_is_a_fault_that_names_it()
    {
        _folder.Environment["EMPTY"] = "";
        _folder.Write("server:\n  port: ${NOWHERE}\n  time_zone: ${EMPTY}");

        var faults = _folder.Load().Faults;

        Assert.Equal([("server.port", 2), ("server.time_zone", 3)], faults.Select(fault => (fault.Path, fault.Line)));
        Assert.Contains("NOWHERE is not set", faults[0].Message, StringComparison.Ordinal);
        Assert.Contains("EMPTY is not set", faults[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_stands_in_for_an_unset_or_empty_variable()
    {
        _folder.Environment["EMPTY"] = "";
        _folder.Write("server: { port: \"${NOWHERE:-81}\", time_zone: \"${EMPTY:-Asia/Taipei}\" }");

        Assert.Equal((81, "Asia/Taipei"), (_folder.LoadGood().Server.Port, _folder.LoadGood().Server.TimeZone));
    }

    [Fact]
    public void A_value_from_the_environment_cannot_add_structure_or_variables()
    {
        _folder.Environment["EVIL"] = "x\", admin: true }\nkeys: [${OTHER}] # ";
        _folder.Write("guardrails: { system_prompt_append: \"${EVIL}\" }");

        Assert.Equal(_folder.Environment["EVIL"], _folder.LoadGood().Guardrails.SystemPromptAppend);
    }

    [Fact]
    public void Two_dollars_stand_for_the_signs_themselves()
    {
        _folder.Write("guardrails: { system_prompt_append: \"costs $5 in $${NAME} $\" }");

        Assert.Equal("costs $5 in ${NAME} $", _folder.LoadGood().Guardrails.SystemPromptAppend);
    }

    [Theory]
    [InlineData("${}")]
    [InlineData("${1X}")]
    [InlineData("${NAME")]
    [InlineData("${NAME:default}")]
    public void A_marker_that_names_no_variable_is_a_fault(string value)
    {
        _folder.Write($"guardrails: {{ system_prompt_append: \"{value}\" }}");

        Assert.Contains("names no variable", Assert.Single(_folder.Load().Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_does_not_quote_what_came_from_the_environment()
    {
        _folder.Environment["HIDDEN"] = "hidden-words";
        _folder.Write(
            """
            server: { port: "${HIDDEN}", time_zone: "${HIDDEN}" }
            providers: [ { name: sim, kind: "${HIDDEN}" } ]
            models: [ { name: m, price: "${HIDDEN}", deployments: [ { provider: "${HIDDEN}", model: m } ] } ]
            budgets:
              - { name: b, scope: "${HIDDEN}", limit_usd: "${HIDDEN}", period: "${HIDDEN}", channels: ["${HIDDEN}"] }
            audit: { retention: "${HIDDEN}", capture_bodies: "${HIDDEN}" }
            """);

        var faults = _folder.Load().Faults;

        Assert.Equal(11, faults.Count);
        Assert.DoesNotContain(faults, fault => fault.ToString().Contains("hidden-words", StringComparison.Ordinal));
    }
}
