using System.Text;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>What a provider may look up for a request is known before it is sent, as far as the request says.</summary>
public sealed class WebUsesTests
{
    [Theory]
    [InlineData("messages", "\"tools\":[{\"type\":\"web_search_20250305\",\"max_uses\":5}]", 5, 0)]
    [InlineData("messages", "\"tools\":[{\"max_uses\":2,\"type\":\"web_fetch_1\"},{\"type\":\"web_search_1\"}]", 1, 2)]
    [InlineData("messages", "\"tools\":[{\"type\":\"web\\u005fsearch\",\"max_uses\":3}]", 3, 0)]
    [InlineData("messages", "\"tools\":[{\"type\":\"web_search\",\"max_uses\":null}]", 1, 0)]
    [InlineData("messages", "\"tools\":[{\"type\":\"web_search\",\"max_uses\":9223372036854775807}]", 1_000_000, 0)]
    [InlineData("messages", "\"tools\":[{\"name\":\"web_search\",\"input_schema\":{\"type\":\"web_search\"}},7]", 0, 0)]
    [InlineData("messages", "\"tools\":null", 0, 0)]
    [InlineData("responses", "\"tools\":[{\"type\":\"web_search\"},{\"type\":\"web_search_preview\"}]", 2, 0)]
    [InlineData("responses", "\"max_tool_calls\":7,\"tools\":[{\"type\":\"web_search\"}]", 7, 0)]
    [InlineData("responses", "\"tools\":[{\"type\":\"web_search\"}],\"max_tool_calls\":7", 7, 0)]
    [InlineData("responses", "\"tools\":[{\"type\":\"function\",\"name\":\"f\"}],\"max_tool_calls\":7", 0, 0)]
    [InlineData("responses", "\"tools\":[{\"type\":\"web_search\"}],\"max_tool_calls\":null", 1, 0)]
    [InlineData("chat", "\"web_search_options\":{\"search_context_size\":\"low\"}", 1, 0)]
    [InlineData("chat", "\"web_search_options\":null,\"enable_search\":false", 0, 0)]
    [InlineData("chat", "\"enable_search\":true", 1, 0)]
    public void A_request_names_how_often_the_web_may_be_used_and_a_tool_without_a_number_counts_once(
        string protocol, string member, long searches, long fetches)
    {
        var body = Encoding.UTF8.GetBytes(
            $"{{\"model\":\"m\",\"messages\":[],\"input\":\"\",\"max_tokens\":1,{member}}}");
        InboundRequest? request = protocol switch
        {
            "messages" => MessagesRequest.Read(body, isTokenCount: false, out _),
            "responses" => ResponsesRequest.Read(body, out _),
            _ => ChatRequest.Read(body, out _),
        };

        Assert.Equal(new WebUses(searches, fetches), request!.WebUses);
    }
}
