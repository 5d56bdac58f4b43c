using LlmPlatform.Edge.Admission;

namespace LlmPlatform.Edge.Tests.Admission;

public sealed class TokenEstimatorTests
{
    private readonly TokenEstimator _estimator = new(new EdgeOptions { BytesPerInputToken = 3 });

    [Fact]
    public void Before_it_has_seen_a_model_it_counts_by_rule_of_thumb()
    {
        Assert.Equal(34, _estimator.Input("a", 100));
        Assert.Equal(25, _estimator.Output("a", contentBytes: 100, contentEvents: 7));
        Assert.Equal(40, _estimator.Output("a", contentBytes: 100, contentEvents: 40));
        Assert.Equal(0, _estimator.Output("a", contentBytes: 0, contentEvents: 0));
    }

    [Fact]
    public void It_comes_within_a_tenth_of_what_a_model_was_seen_to_make_of_so_many_bytes()
    {
        var random = new Random(20261121);
        for (var model = 0; model < 50; model++)
        {
            var sku = $"model-{model}";
            var bytesPerToken = 1.5 + (random.NextDouble() * 6);
            for (var seen = 0; seen < 30; seen++)
            {
                var tokens = random.Next(20, 2000);
                var bytes = (long)(tokens * bytesPerToken * (0.9 + (random.NextDouble() * 0.2)));
                _estimator.Learn(sku, bytes, tokens, bytes, tokens);
            }

            const long asked = 10_000;
            var expected = asked / bytesPerToken;
            Assert.InRange(_estimator.Output(sku, asked, 1), expected * 0.9, expected * 1.1);
            Assert.InRange(_estimator.Input(sku, asked), expected * 0.9, expected * 1.1);
        }
    }

    [Fact]
    public void What_it_learned_of_one_model_says_nothing_of_another()
    {
        _estimator.Learn("a", 1000, 10, 1000, 10);

        Assert.Equal(1, _estimator.Output("a", 100, 1));
        Assert.Equal(25, _estimator.Output("b", 100, 1));
    }

    [Fact]
    public void A_model_that_changes_its_ways_is_learned_anew()
    {
        for (var seen = 0; seen < 200; seen++)
        {
            _estimator.Learn("a", 400, 100, 400, 100);
        }

        for (var seen = 0; seen < 300; seen++)
        {
            _estimator.Learn("a", 200, 100, 200, 100);
        }

        Assert.InRange(_estimator.Output("a", 1000, 1), 490, 501);
    }

    [Fact]
    public void Figures_that_teach_nothing_are_not_learned_from()
    {
        _estimator.Learn("a", 0, 10, 100, 0);

        Assert.Equal(34, _estimator.Input("a", 100));
        Assert.Equal(25, _estimator.Output("a", 100, 1));
    }

    [Fact]
    public void Its_memory_is_bounded()
    {
        for (var model = 0; model < TokenEstimator.MaxModels + 100; model++)
        {
            _estimator.Learn($"model-{model}", 1000, 10, 1000, 10);
        }

        Assert.Equal(1, _estimator.Output("model-0", 100, 1));
        Assert.Equal(25, _estimator.Output($"model-{TokenEstimator.MaxModels + 50}", 100, 1));
    }
}
