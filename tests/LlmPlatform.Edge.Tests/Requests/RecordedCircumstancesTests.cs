using System.Net;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>What a record says of a call beside its tokens: how and where it was served, and its labels.</summary>
public sealed class RecordedCircumstancesTests(EdgeUnderTest edge)
{
    private const string Tagged = "env=production, feature=search";

    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("priority", 6_000_000)]
    [InlineData("default", 2_000_000)]
    [InlineData("a_tier_without_a_price", 2_000_000)]
    public async Task A_call_costs_what_it_costs_in_the_tier_it_was_served_in(string tier, long nanoUsd)
    {
        var model = edge.NewModel("r");
        edge.Raw.Stream(
            model,
            "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"four\"},"
                + "\"finish_reason\":\"stop\"}]}\n\n",
            "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50},"
                + $"\"service_tier\":\"{tier}\"}}\n\ndata: [DONE]\n\n");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));
        await answer.Content.ReadAsStringAsync(Cancelled);

        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((tier, nanoUsd), (record.ServiceTier, record.CostNanoUsd));
    }

    [Fact]
    public async Task A_call_costs_what_it_costs_in_the_region_it_was_served_in()
    {
        var model = edge.NewModel("a");
        edge.Raw.Whole(
            model,
            200,
            """
            {"id":"m1","type":"message","role":"assistant","content":[{"type":"text","text":"four"}],
             "usage":{"input_tokens":100,"output_tokens":50,"service_tier":"standard","inference_geo":"us"}}
            """);
        using var answer = await edge.MessagesAsync(EdgeUnderTest.Body(model, more: ",\"max_tokens\":99"));
        await answer.Content.ReadAsStringAsync(Cancelled);

        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(("standard", "us", 2_200_000), (record.ServiceTier, record.Region, record.CostNanoUsd));
    }

    [Fact]
    public async Task Labels_of_key_and_caller_are_kept_and_the_keys_come_first()
    {
        using var answer = await SendAsync(Tagged, Landscape.Tracked);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await answer.Content.ReadAsStringAsync(Cancelled);

        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(
            ["env=staging", "owner=search", "feature=search"],
            record.Tags!.Select(tag => $"{tag.Key}={tag.Value}"));
    }

    [Fact]
    public async Task A_call_without_labels_has_none()
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(edge.NewModel("m")));
        await answer.Content.ReadAsStringAsync(Cancelled);

        Assert.Null(Assert.Single((await edge.RecordsOfAsync(answer)).Usage).Tags);
    }

    [Theory]
    [InlineData("production")]
    [InlineData("env=")]
    [InlineData("a b=c")]
    [InlineData("env=a, env=b")]
    [InlineData("a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,n=1,o=1,p=1,q=1")]
    public async Task Labels_that_are_none_are_refused(string tags)
    {
        using var answer = await SendAsync(tags, Landscape.Open);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal(
            ("invalid_request", "X-Tags"),
            (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    private async Task<HttpResponseMessage> SendAsync(string tags, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.Address, "/v1/chat/completions"));
        request.Headers.Add("Authorization", $"Bearer {key}");
        request.Headers.TryAddWithoutValidation("X-Tags", tags);
        request.Content = new StringContent(EdgeUnderTest.Body(edge.NewModel("m")));
        return await edge.Http.SendAsync(request, Cancelled);
    }
}
