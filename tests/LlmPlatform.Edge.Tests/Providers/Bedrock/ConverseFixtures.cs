namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>
/// Answers in the form of real ones: what the service pads them with (<c>p</c>), members in the order of the alphabet,
/// blocks of text that nobody announces.
/// </summary>
internal static class ConverseFixtures
{
    private const string Begin = """{"p":"abcdefghij","role":"assistant"}""";
    private const string Stop0 = """{"contentBlockIndex":0,"p":"abc"}""";
    private const string Stop1 = """{"contentBlockIndex":1,"p":"abcdefg"}""";
    private const string Stop2 = """{"contentBlockIndex":2,"p":"a"}""";

    public static ConverseFixture Text { get; } = new(
        "text",
        [
            ("messageStart", Begin),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":""},"p":"abcd"}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Hello, "},"p":"abcd"}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"W\u00f6rld 🌍"},"p":"abcdefgh"}"""),
            ("contentBlockStop", Stop0),
            ("messageStop", """{"p":"abcdefghijklmnopqrstu","stopReason":"end_turn"}"""),
            ("metadata", """
                {"metrics":{"latencyMs":1137},"p":"abcdefghijklm",
                "usage":{"inputTokens":16,"outputTokens":9,"serverToolUsage":{},"totalTokens":25}}
                """),
        ],
        """
        {"metrics":{"latencyMs":1137},
        "output":{"message":{"content":[{"text":"Hello, W\u00f6rld 🌍"}],"role":"assistant"}},
        "stopReason":"end_turn","usage":{"inputTokens":16,"outputTokens":9,"serverToolUsage":{},"totalTokens":25}}
        """,
        ["start", "Text: Hello, Wörld 🌍", "end EndTurn", "usage 16 9"]);

    public static ConverseFixture Tool { get; } = new(
        "tool",
        [
            ("messageStart", Begin),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Let me look."},"p":"ab"}"""),
            ("contentBlockStop", Stop0),
            ("contentBlockStart", """
                {"contentBlockIndex":1,"p":"abc","start":{"toolUse":{"name":"get_weather","toolUseId":"tooluse_1A"}}}
                """),
            ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"toolUse":{"input":""}},"p":"abcdefghij"}"""),
            ("contentBlockDelta", """
                {"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"city\": \"Par"}},"p":"abcdefghijklmnopqr"}
                """),
            ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"toolUse":{"input":"is\"}"}},"p":"abcdefghi"}"""),
            ("contentBlockStop", Stop1),
            ("messageStop", """{"p":"abc","stopReason":"tool_use"}"""),
            ("metadata", """
                {"metrics":{"latencyMs":9},"usage":{"inputTokens":400,"outputTokens":60,"totalTokens":460}}
                """),
        ],
        """
        {"output":{"message":{"content":[{"text":"Let me look."},
        {"toolUse":{"input":{"city": "Paris"},"name":"get_weather","toolUseId":"tooluse_1A"}}],"role":"assistant"}},
        "stopReason":"tool_use","usage":{"inputTokens":400,"outputTokens":60,"totalTokens":460}}
        """,
        [
            "start", "Text: Let me look.", """ToolCall tooluse_1A get_weather: {"city": "Paris"}""", "end ToolCalls",
            "usage 400 60",
        ]);

    public static ConverseFixture ParallelTools { get; } = new(
        "parallel tools, one without arguments",
        [
            ("messageStart", Begin),
            ("contentBlockStart", """
                {"contentBlockIndex":0,"start":{"toolUse":{"name":"get_weather","toolUseId":"tooluse_1"}}}
                """),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"city\":\"Rome\"}"}}}"""),
            ("contentBlockStop", Stop0),
            ("contentBlockStart", """
                {"contentBlockIndex":1,"start":{"toolUse":{"name":"get_time","toolUseId":"tooluse_2"}}}
                """),
            ("contentBlockStop", Stop1),
            ("messageStop", """{"stopReason":"tool_use"}"""),
            ("metadata", """{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"""),
        ],
        """
        {"output":{"message":{"content":[
        {"toolUse":{"input":{"city":"Rome"},"name":"get_weather","toolUseId":"tooluse_1"}},
        {"toolUse":{"name":"get_time","toolUseId":"tooluse_2"}}],"role":"assistant"}},
        "stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}
        """,
        [
            "start", """ToolCall tooluse_1 get_weather: {"city":"Rome"}""", "ToolCall tooluse_2 get_time: {}",
            "end ToolCalls", "usage 1 2",
        ]);

    public static ConverseFixture Thinking { get; } = new(
        "thinking with signature, then a thought that is encrypted",
        [
            ("messageStart", Begin),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Two and "}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"two."}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"EqoB"}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"CkgI"}}}"""),
            ("contentBlockStop", Stop0),
            ("contentBlockDelta",
                """{"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"c2VjcmU="}}}"""),
            ("contentBlockDelta",
                """{"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"dCE="}}}"""),
            ("contentBlockStop", Stop1),
            ("contentBlockDelta", """{"contentBlockIndex":2,"delta":{"text":"Four."}}"""),
            ("contentBlockStop", Stop2),
            ("messageStop", """{"stopReason":"end_turn"}"""),
            ("metadata", """{"usage":{"inputTokens":30,"outputTokens":70,"totalTokens":100}}"""),
        ],
        """
        {"output":{"message":{"content":[
        {"reasoningContent":{"reasoningText":{"signature":"EqoBCkgI","text":"Two and two."}}},
        {"reasoningContent":{"redactedContent":"c2VjcmV0IQ=="}},
        {"text":"Four."}],"role":"assistant"}},
        "stopReason":"end_turn","usage":{"inputTokens":30,"outputTokens":70,"totalTokens":100}}
        """,
        [
            "start", "Thinking: Two and two. signed bedrock EqoBCkgI",
            "RedactedThinking:  signed bedrock c2VjcmV0IQ==", "Text: Four.", "end EndTurn", "usage 30 70",
        ]);

    public static ConverseFixture Guardrail { get; } = new(
        "a guardrail steps in",
        [
            ("messageStart", Begin),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Sorry, I cannot help with that."}}"""),
            ("contentBlockStop", Stop0),
            ("messageStop", """{"stopReason":"guardrail_intervened"}"""),
            ("metadata", """
                {"metrics":{"latencyMs":5},"trace":{"guardrail":{"inputAssessment":{"x":{"topicPolicy":{"topics":[
                {"action":"BLOCKED","name":"Money","type":"DENY"}]}}},"modelOutput":["text"]}},
                "usage":{"inputTokens":0,"outputTokens":0,"totalTokens":0}}
                """),
        ],
        """
        {"output":{"message":{"content":[{"text":"Sorry, I cannot help with that."}],"role":"assistant"}},
        "stopReason":"guardrail_intervened","trace":{"guardrail":{"modelOutput":["text"]}},
        "usage":{"inputTokens":0,"outputTokens":0,"totalTokens":0}}
        """,
        ["start", "Text: Sorry, I cannot help with that.", "end ContentFilter", "usage 0 0"]);

    public static ConverseFixture Length { get; } = new(
        "cut at the bound, within a tool's arguments",
        [
            ("messageStart", Begin),
            ("contentBlockStart", """
                {"contentBlockIndex":0,"start":{"toolUse":{"name":"write","toolUseId":"tooluse_9"}}}
                """),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"text\": \"Once"}}}"""),
            ("contentBlockStop", Stop0),
            ("messageStop", """{"stopReason":"max_tokens"}"""),
            ("metadata", """
                {"usage":{"cacheReadInputTokens":0,"cacheWriteInputTokens":2387,"inputTokens":16,"outputTokens":9,
                "totalTokens":2412}}
                """),
        ],
        Whole: null,
        ["start", """ToolCall tooluse_9 write: {"text": "Once""", "end Length", "usage 2403 9"]);

    public static ConverseFixture StopSequence { get; } = new(
        "a stop text that is named",
        [
            ("messageStart", Begin),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"one"}}"""),
            ("contentBlockStop", Stop0),
            ("messageStop",
                """{"additionalModelResponseFields":{"stop_sequence":"END"},"stopReason":"stop_sequence"}"""),
            ("metadata", """{"usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4}}"""),
        ],
        """
        {"additionalModelResponseFields":{"stop_sequence":"END"},
        "output":{"message":{"content":[{"text":"one"}],"role":"assistant"}},
        "stopReason":"stop_sequence","usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4}}
        """,
        ["start", "Text: one", "end StopSequence at END", "usage 3 1"]);

    public static ConverseFixture Vision { get; } = new(
        "an answer with citations and what is new to us",
        [
            ("messageStart", Begin),
            ("contentBlockStart", """{"contentBlockIndex":0,"start":{"image":{"format":"png"}}}"""),
            ("contentBlockStop", Stop0),
            ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"text":"A cat."}}"""),
            ("contentBlockDelta", """
                {"contentBlockIndex":1,"delta":{"citation":{"source":"x","sourceContent":[{"text":"cited"}]}}}
                """),
            ("contentBlockStop", Stop1),
            ("somethingNew", """{"text":"not an answer"}"""),
            ("messageStop", """{"stopReason":"end_turn"}"""),
            ("metadata", """{"usage":{"inputTokens":1500,"outputTokens":3,"totalTokens":1503}}"""),
        ],
        """
        {"output":{"message":{"content":[{"somethingNew":{"text":"no"}},
        {"citationsContent":{"citations":[{"title":"t"}],"content":[{"text":"A "},{"text":"cat."}]}}],
        "role":"assistant"}},"stopReason":"end_turn",
        "usage":{"inputTokens":1500,"outputTokens":3,"totalTokens":1503}}
        """,
        ["start", "Text: A cat.", "end EndTurn", "usage 1500 3"]);

    public static ConverseFixture FailsAtOnce { get; } = new(
        "an exception before the answer",
        [
            ("messageStart", Begin),
            ("throttlingException", """{"message":"Too many requests, please wait before trying again."}"""),
        ],
        Whole: null,
        ["start", "fail RateLimited throttlingException: Too many requests, please wait before trying again."]);

    public static ConverseFixture FailsInTheMiddle { get; } = new(
        "an exception within the answer",
        [
            ("messageStart", Begin),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Once upon"}}"""),
            ("modelStreamErrorException", """
                {"message":"The model broke off.","originalMessage":"x","originalStatusCode":500}
                """),
        ],
        Whole: null,
        ["start", "Text: Once upon", "fail Server modelStreamErrorException: The model broke off."]);

    public static IReadOnlyList<ConverseFixture> All { get; } =
    [
        Text, Tool, ParallelTools, Thinking, Guardrail, Length, StopSequence, Vision, FailsAtOnce, FailsInTheMiddle,
    ];
}
