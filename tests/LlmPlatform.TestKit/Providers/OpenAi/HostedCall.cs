using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>A call that OpenAI makes itself, of a tool of its own: an item with events of its own.</summary>
/// <param name="Type">The item's type, and of which its events are named.</param>
/// <param name="IdPrefix">What its id begins with.</param>
/// <param name="Steps">Its events between the item's beginning and end.</param>
/// <param name="Members">What the item says beside its type, id and status.</param>
internal sealed record HostedCall(string Type, string IdPrefix, IReadOnlyList<HostedStep> Steps, JsonObject Members)
{
    private const string TinyImage = "iVBORw0KGgo=";

    /// <summary>The calls that a tool offered leads to; null for a tool that OpenAI has not.</summary>
    public static IReadOnlyList<HostedCall>? Of(JsonElement tool) => tool.Text("type") switch
    {
        "web_search" or "web_search_preview" =>
        [
            new("web_search_call", "ws_", StepsOf("in_progress", "searching", "completed"), new JsonObject
            {
                ["action"] = new JsonObject { ["type"] = "search", ["query"] = "weather" },
            }),
        ],
        "file_search" =>
        [
            new("file_search_call", "fs_", StepsOf("in_progress", "searching", "completed"), new JsonObject
            {
                ["queries"] = new JsonArray("weather"),
                ["results"] = null,
            }),
        ],
        "code_interpreter" => [Interpreter()],
        "image_generation" => [Image()],
        "mcp" => Remote(tool.Text("server_label") ?? throw OpenAiFaults.Missing("tools[0].server_label")),
        _ => null,
    };

    private static HostedCall Interpreter() => new(
        "code_interpreter_call",
        "ci_",
        [
            new("in_progress"),
            new("delta", new JsonObject { ["delta"] = "print(1)" }) { Of = "code_interpreter_call_code" },
            new("done", new JsonObject { ["code"] = "print(1)" }) { Of = "code_interpreter_call_code" },
            new("interpreting"),
            new("completed"),
        ],
        new JsonObject { ["code"] = "print(1)", ["container_id"] = "cntr_1", ["outputs"] = null });

    private static HostedCall Image() => new(
        "image_generation_call",
        "ig_",
        [
            new("in_progress"),
            new("generating"),
            new(
                "partial_image",
                new JsonObject { ["partial_image_index"] = 0, ["partial_image_b64"] = TinyImage }),
            new("completed"),
        ],
        new JsonObject { ["result"] = TinyImage });

    // A server whose label is "failing" fails, at both.
    private static IReadOnlyList<HostedCall> Remote(string server)
    {
        var end = server == "failing" ? "failed" : "completed";
        return
        [
            new("mcp_list_tools", "mcpl_", StepsOf("in_progress", end), new JsonObject
            {
                ["server_label"] = server,
                ["tools"] = new JsonArray(),
            }),
            new(
                "mcp_call",
                "mcp_",
                [
                    new("in_progress"),
                    new("delta", new JsonObject { ["delta"] = "{}" }) { Of = "mcp_call_arguments" },
                    new("done", new JsonObject { ["arguments"] = "{}" }) { Of = "mcp_call_arguments" },
                    new(end),
                ],
                new JsonObject
                {
                    ["server_label"] = server,
                    ["name"] = "look_up",
                    ["arguments"] = "{}",
                    ["output"] = "found",
                    ["error"] = null,
                }),
        ];
    }

    private static IReadOnlyList<HostedStep> StepsOf(params string[] names) =>
        [.. names.Select(name => new HostedStep(name))];
}
