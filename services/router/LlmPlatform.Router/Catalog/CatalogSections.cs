namespace LlmPlatform.Router.Catalog;

/// <summary>The lists of the file that operators may add to.</summary>
internal static class CatalogSections
{
    public const string Providers = "providers";
    public const string Models = "models";
    public const string Routes = "routes";
}
