namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class CacheSection
{
    public static CacheConfiguration Read(SectionReader cache) => new()
    {
        Exact = cache.Section("exact", exact => new ExactCacheConfiguration { Ttl = ReadTtl(exact) }),
        Semantic = cache.Section("semantic", semantic => new SemanticCacheConfiguration
        {
            Threshold = semantic.OptionalDecimal("threshold", 0.0001m, 1, decimals: 4) ?? 0.95m,
            Ttl = ReadTtl(semantic),
            EmbeddingModel = semantic.Text("embedding_model"),
        }),
    };

    private static TimeSpan ReadTtl(SectionReader cache) =>
        cache.Duration("ttl", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
}
