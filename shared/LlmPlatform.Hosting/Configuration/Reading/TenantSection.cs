namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class TenantSection
{
    public static TenantConfiguration Read(SectionReader tenant) => new()
    {
        Name = tenant.Name("name"),
        Tier = tenant.OptionalName("tier"),
        Teams = tenant.Sections("teams", ReadTeam),
        Line = tenant.Line,
    };

    private static TeamConfiguration ReadTeam(SectionReader team) => new()
    {
        Name = team.Name("name"),
        CostCenter = team.OptionalText("cost_center"),
        Line = team.Line,
    };
}
