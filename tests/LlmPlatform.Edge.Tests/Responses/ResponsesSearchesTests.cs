using System.Text;
using LlmPlatform.Edge.Responses;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary>What a response searched is charged by the search, beside its tokens.</summary>
public sealed class ResponsesSearchesTests
{
    private const string Usage = "\"usage\":{\"input_tokens\":5,\"output_tokens\":3,\"total_tokens\":8}";

    private const string Searched =
        """
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"a \"}\" b"}}
        """;

    private const string Opened =
        """
        {"type":"web_search_call","id":"ws_2","action":{"type":"open_page","url":"https://example.com"}}
        """;

    private const string Said =
        """
        {"type":"message","content":[{"type":"output_text","text":"web_search_call"}],"action":{"type":"search"}}
        """;

    [Theory]
    [InlineData("\"tool_usage\":{\"image_gen\":{\"total_tokens\":9},\"web_search\":{\"num_requests\":4}}", 4)]
    [InlineData("\"tool_usage\":{\"web_search\":{\"num_requests\":0}}", 0)]
    [InlineData("\"tool_usage\":{\"web_search\":{\"num_requests\":\"4\"}}", 2)]
    [InlineData("\"tool_usage\":{\"web_search\":{\"num_requests\":-1}}", 2)]
    [InlineData("\"tool_usage\":null", 2)]
    [InlineData("\"text\":{}", 2)]
    public void It_searched_as_often_as_it_says_and_where_it_does_not_as_often_as_it_shows(string member, long searches)
    {
        var output = string.Join(',', Searched, Opened, Said, "{\"type\":\"web_search_call\"}", "[1]", "7");
        var whole = $"{{\"id\":\"r\",\"output\":[{output}],{member},{Usage}}}";
        var completed = $"{{\"type\":\"response.completed\",\"response\":{whole}}}";

        AssertSays(ResponsesObject.Read(Encoding.UTF8.GetBytes(whole)), searches);
        AssertSays(ResponsesObject.ReadEvent(Encoding.UTF8.GetBytes(completed)), searches);
    }

    // What was tried and failed is shown, and not billed.
    [Theory]
    [InlineData("\"server_side_tool_usage_details\":{\"web_search_calls\":1,\"x_search_calls\":2,\"mcp_calls\":7}", 3)]
    [InlineData("\"x_tools\":{\"web_extractor\":{\"count\":5},\"web_search\":{\"count\":1}}", 1)]
    [InlineData("\"x_tools\":{\"code_interpreter\":{\"count\":5}}", 2)]
    public void It_searched_as_often_as_its_usage_says_rather_than_as_it_shows(string member, long searches)
    {
        var usage = Usage.Replace("}", $",{member}}}", StringComparison.Ordinal);
        var whole = $"{{\"id\":\"r\",{usage},\"output\":[{Searched},{Searched}]}}";

        AssertSays(ResponsesObject.Read(Encoding.UTF8.GetBytes(whole)), searches);
    }

    private static void AssertSays(ResponsesObject said, long searches)
    {
        Assert.True(said.IsResponse);
        var tokens = said.Usage!.Tokens;
        Assert.Equal((5, 3, searches), (tokens.InputUncached, tokens.OutputText, tokens.WebSearches));
    }
}
