using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Anthropic;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>A schema as Anthropic's grammar takes it.</summary>
public sealed class StrictSchemaTests
{
    [Theory]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string"}}}""",
        """{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}""")]
    [InlineData(
        """{"type":"object","additionalProperties":true}""", """{"type":"object","additionalProperties":false}""")]
    [InlineData(
        """{"type":"integer","minimum":1,"maximum":9,"description":"a day"}""",
        """{"type":"integer","description":"a day\n\n{minimum: 1, maximum: 9}"}""")]
    [InlineData(
        """{"type":"array","items":{"type":"object","properties":{}},"minItems":1,"maxItems":3}""",
        """
        {"type":"array","items":{"type":"object","properties":{},"additionalProperties":false},"minItems":1,
         "description":"{maxItems: 3}"}
        """)]
    [InlineData("""{"type":"array","minItems":2}""", """{"type":"array","description":"{minItems: 2}"}""")]
    [InlineData(
        """
        {"oneOf":[{"type":"string","maxLength":5},{"$ref":"#/$defs/x"}],
         "$defs":{"x":{"properties":{"minimum":{}}}}}
        """,
        """
        {"anyOf":[{"type":"string","description":"{maxLength: 5}"},{"$ref":"#/$defs/x"}],
         "$defs":{"x":{"properties":{"minimum":{}},"additionalProperties":false}}}
        """)]
    [InlineData(
        """{"enum":["a"],"const":1,"default":{"minimum":2},"format":"date","pattern":"^a$","type":["null"]}""",
        """{"enum":["a"],"const":1,"default":{"minimum":2},"format":"date","pattern":"^a$","type":["null"]}""")]
    [InlineData("true", "true")]
    public void Objects_are_closed_and_bounds_become_words(string schema, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            StrictSchema.Write(json, Written.Json(schema));
        }

        Written.Is(expected, JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan)));
    }
}
