namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>A public route, with a good request to it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Body">A good body; <c>MODEL</c> and <c>CANARY</c> stand for what is put there.</param>
internal sealed record FuzzedRoute(string Path, string Body)
{
    public const string Model = "MODEL";
    public const string Canary = "CANARY";

    public static IReadOnlyList<FuzzedRoute> All { get; } =
    [
        new(
            "/v1/chat/completions",
            """
            {"model":"MODEL","stream":true,"temperature":0.5,"max_tokens":100,"stop":["x"],"user":"u","n":1,
             "stream_options":{"include_usage":true},"metadata":{"a":"b"},
             "messages":[{"role":"system","content":"be brief"},{"role":"user","content":"CANARY"}]}
            """),
        new(
            "/v1/chat/completions",
            """
            {"model":"MODEL","messages":[
              {"role":"user","content":[{"type":"text","text":"CANARY"},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":"sunny"}],
             "tools":[{"type":"function","function":{"name":"weather","parameters":
               {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],
             "tool_choice":"auto","parallel_tool_calls":true,"max_completion_tokens":50,
             "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}}}
            """),
        new(
            "/v1/responses",
            """
            {"model":"MODEL","stream":true,"input":"CANARY","instructions":"be brief","max_output_tokens":100,
             "temperature":0.5,"reasoning":{"effort":"low"},"store":false,"metadata":{"a":"b"},
             "text":{"format":{"type":"text"},"verbosity":"low"},"truncation":"auto","include":[]}
            """),
        new(
            "/v1/responses",
            """
            {"model":"MODEL","input":[
              {"role":"user","content":[{"type":"input_text","text":"CANARY"},
                {"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]},
              {"type":"function_call","call_id":"call_1","name":"weather","arguments":"{\"city\":\"Oslo\"}"},
              {"type":"function_call_output","call_id":"call_1","output":"sunny"}],
             "tools":[{"type":"function","name":"weather","parameters":
               {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],
             "tool_choice":"auto","parallel_tool_calls":true,"previous_response_id":null,
             "text":{"format":{"type":"json_schema","name":"s","schema":{"type":"object"}}}}
            """),
        new(
            "/v1/messages",
            """
            {"model":"MODEL","stream":true,"max_tokens":100,"temperature":0.5,"top_k":5,"stop_sequences":["x"],
             "system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "metadata":{"user_id":"u"},"thinking":{"type":"disabled"},"service_tier":"auto",
             "messages":[{"role":"user","content":"CANARY"}]}
            """),
        new(
            "/v1/messages",
            """
            {"model":"MODEL","max_tokens":2000,"messages":[
              {"role":"user","content":[{"type":"text","text":"CANARY"},
                {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},
                {"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"},"title":"t"}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"gemini#x"},
                {"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Oslo"}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":false,
                "content":[{"type":"text","text":"sunny"}]}]}],
             "tools":[{"name":"weather","input_schema":
               {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],
             "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
             "thinking":{"type":"enabled","budget_tokens":1024},
             "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}}}
            """),
        new(
            "/v1/messages/count_tokens",
            """
            {"model":"MODEL","system":"be brief","messages":[{"role":"user","content":"CANARY"}],
             "tools":[{"name":"weather","input_schema":{"type":"object"}}]}
            """),
        new(
            "/v1/embeddings",
            """{"model":"MODEL","input":["CANARY","b"],"dimensions":8,"encoding_format":"base64","user":"u"}"""),
        new(
            "/v1/completions",
            """
            {"model":"MODEL","prompt":["CANARY"],"max_tokens":50,"stream":true,"suffix":null,"echo":false,"logprobs":1,
             "stop":["x"],"stream_options":{"include_usage":true},"temperature":0.5,"n":1,"best_of":1}
            """),
    ];
}
