using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class CacheValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        if (configuration.Cache.Semantic is not { } semantic)
            return;
        var models = configuration.Models.Select(model => model.Name).ToHashSet();
        References.Check(reading, "cache.semantic.embedding_model", "model", semantic.EmbeddingModel, models);
    }
}
