using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>What a schema must look like to be enforced: closed objects, and every property required.</summary>
internal static class StrictSchema
{
    public static void Check(JsonElement schema, string what, string param)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        if (schema.Member("properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            if (!schema.IsFalse("additionalProperties"))
                throw Fault("'additionalProperties' is required to be supplied and to be false.");
            var required = schema.Items("required").Select(name => name.GetString()).ToHashSet();
            foreach (var property in properties.EnumerateObject())
            {
                if (!required.Contains(property.Name))
                {
                    throw Fault(
                        "'required' is required to be supplied and to be an array including every key in properties."
                        + $" Missing '{property.Name}'.");
                }

                Check(property.Value, what, param);
            }
        }

        if (schema.Member("items") is { } items)
            Check(items, what, param);
        foreach (var choice in schema.Items("anyOf"))
            Check(choice, what, param);

        ProviderRefusal Fault(string reason) =>
            OpenAiFaults.Invalid($"Invalid schema for {what}: In context=(), {reason}", param, "invalid_json_schema");
    }
}
