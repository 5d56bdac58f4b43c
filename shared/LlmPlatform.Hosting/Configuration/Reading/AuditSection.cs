namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class AuditSection
{
    public static AuditConfiguration Read(SectionReader audit)
    {
        var defaults = new AuditConfiguration();
        return new AuditConfiguration
        {
            CaptureBodies = audit.Flag("capture_bodies", defaults.CaptureBodies),
            Retention = audit.Duration("retention", defaults.Retention, TimeSpan.FromDays(1), TimeSpan.FromDays(3650)),
        };
    }
}
