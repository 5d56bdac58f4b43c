using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Translation;
using static LlmPlatform.Edge.Tests.Providers.Gemini.Written;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>A schema keeps its meaning, in the keywords that Gemini follows.</summary>
public sealed class GeminiSchemaTests
{
    [Fact]
    public void What_Gemini_follows_or_ignores_stays_as_it_is()
    {
        const string schema =
            """
            {"type":"object","title":"T","description":"D","properties":{
            "a":{"type":["string","null"],"format":"uuid","pattern":"^x$","minLength":1,"default":"x"},
            "b":{"type":"array","items":{"type":"number","minimum":1e3,"multipleOf":0.5},"uniqueItems":true},
            "c":{"anyOf":[{"type":"integer"},{"type":"boolean"}]},"d":{"enum":[1,2,null]},
            "e":{"type":"object","additionalProperties":{"type":"string"}}},
            "required":["a"],"additionalProperties":false,"examples":[{"a":"x"}],"x-vendor":{"properties":{"const":1}}}
            """;

        Same(schema, GeminiSchema.Prepare(Json(schema), "It"));
    }

    [Fact]
    public void A_member_may_be_called_like_a_keyword() => Same(
        """
        {"type":"object","properties":{"$ref":{"type":"string"},"const":{"type":"string"},
        "properties":{"type":"object","properties":{"$defs":{"type":"string"}}},"allOf":{"type":"string"}}}
        """,
        GeminiSchema.Prepare(
            Json(
                """
                {"type":"object","properties":{"$ref":{"type":"string"},"const":{"type":"string"},
                "properties":{"type":"object","properties":{"$defs":{"type":"string"}}},"allOf":{"type":"string"}}}
                """),
            "It"));

    [Theory]
    [InlineData(
        """
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"type":"array","items":{"$ref":"#/$defs/A"}}},
        "$defs":{"A":{"type":"object","properties":{"n":{"type":"integer"}}}}}
        """,
        """
        {"type":"object","properties":{"a":{"type":"object","properties":{"n":{"type":"integer"}}},
        "b":{"type":"array","items":{"type":"object","properties":{"n":{"type":"integer"}}}}}}
        """)]
    [InlineData(
        """
        {"properties":{"a":{"$ref":"#/definitions/A~1B"}},
        "definitions":{"A/B":{"$ref":"#/definitions/C%20D"},"C D":{"type":"string"}}}
        """,
        """{"properties":{"a":{"type":"string"}}}""")]
    [InlineData(
        """
        {"properties":{"a":{"$ref":"#/$defs/A","description":"Mine.","required":["m"],
        "properties":{"m":{"type":"string"}}}},
        "$defs":{"A":{"type":"object","description":"Its.","required":["n"],"properties":{"n":{"type":"integer"}}}}}
        """,
        """
        {"properties":{"a":{"type":"object","description":"Mine.","required":["n","m"],
        "properties":{"n":{"type":"integer"},"m":{"type":"string"}}}}}
        """)]
    [InlineData(
        """{"properties":{"a":{"type":"string"},"b":{"$ref":"#/properties/a"}}}""",
        """{"properties":{"a":{"type":"string"},"b":{"type":"string"}}}""")]
    public void References_are_written_out_and_what_stands_beside_them_is_kept(string schema, string prepared) =>
        Same(prepared, GeminiSchema.Prepare(Json(schema), "It"));

    [Theory]
    [InlineData("""{"const":"circle"}""", """{"type":"string","enum":["circle"]}""")]
    [InlineData("""{"const":3,"type":"integer"}""", """{"type":"integer","enum":[3]}""")]
    [InlineData("""{"const":null}""", """{"const":null}""")]
    [InlineData("""{"properties":{"a":true}}""", """{"properties":{"a":{}}}""")]
    [InlineData("""{"items":[{"type":"string"},{"const":1}]}""",
        """{"prefixItems":[{"type":"string"},{"type":"number","enum":[1]}]}""")]
    [InlineData("""{"$ref":"https://x.invalid/s.json","description":"Elsewhere."}""",
        """{"$ref":"https://x.invalid/s.json"}""")]
    [InlineData("""{"anyOf":[{"$schema":"x","type":"string"},{"const":"a"}]}""",
        """{"anyOf":[{"type":"string"},{"type":"string","enum":["a"]}]}""")]
    public void Keywords_that_Gemini_would_not_follow_are_said_in_ones_it_does(string schema, string prepared) =>
        Same(prepared, GeminiSchema.Prepare(Json(schema), "It"));

    [Fact]
    public void What_must_all_hold_is_one_schema() => Same(
        """
        {"type":"object","description":"Mine.","required":["a","b"],
        "properties":{"a":{"type":"string"},"b":{"type":"integer"}}}
        """,
        GeminiSchema.Prepare(
            Json(
                """
                {"description":"Mine.","allOf":[{"$ref":"#/$defs/A"},
                {"properties":{"b":{"type":"integer"}},"required":["b","a"],"description":"Other."}],
                "$defs":{"A":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}}
                """),
            "It"));

    [Fact]
    public void A_definition_that_holds_itself_is_written_out_a_few_times_and_then_cut_to_its_type()
    {
        var prepared = GeminiSchema.Prepare(
            Json(
                """
                {"$ref":"#/$defs/Node","$defs":{"Node":{"type":"object","description":"A node.",
                "properties":{"next":{"$ref":"#/$defs/Node"}},"required":["next"]}}}
                """),
            "It");

        const string cut = """{"type":"object","description":"A node."}""";
        static string Around(string next) =>
            $$"""{"type":"object","description":"A node.","properties":{"next":{{next}}},"required":["next"]}""";
        Same(Around(Around(Around(cut))), prepared);
    }

    [Fact]
    public void A_schema_that_is_its_own_member_ends() =>
        Assert.True(GeminiSchema.Prepare(Json("""{"properties":{"a":{"$ref":"#"}}}"""), "It") is JsonObject);

    [Fact]
    public void A_definition_that_is_only_itself_ends() =>
        Same("""{"type":"object"}""", GeminiSchema.Prepare(
            Json("""{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/A"}}}"""), "It"));

    [Fact]
    public void References_that_multiply_beyond_bounds_are_refused()
    {
        var definitions = string.Concat(Enumerable.Range(0, 30).Select(level =>
            """ "Ln":{"properties":{"a":{"$ref":"#/$defs/Lm"},"b":{"$ref":"#/$defs/Lm"}}}, """
                .Replace("Ln", $"L{level}", StringComparison.Ordinal)
                .Replace("Lm", $"L{level + 1}", StringComparison.Ordinal)));
        var schema = """{"$ref":"#/$defs/L0","$defs":{ALL "L30":{"type":"string"}}}"""
            .Replace("ALL", definitions, StringComparison.Ordinal);

        var fault = Assert.Throws<TranslationException>(
            () => GeminiSchema.Prepare(Json(schema), "The schema of tool 'bomb'"));

        Assert.StartsWith("The schema of tool 'bomb' is too large", fault.Message, StringComparison.Ordinal);
    }
}
