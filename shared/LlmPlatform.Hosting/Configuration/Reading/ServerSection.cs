namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class ServerSection
{
    public static ServerConfiguration Read(SectionReader server)
    {
        var defaults = new ServerConfiguration();
        return new ServerConfiguration
        {
            Port = server.Integer("port", defaults.Port, 1, 65535),
            PublicUrl = server.Url("public_url"),
            TimeZone = server.OptionalText("time_zone") ?? defaults.TimeZone,
            CorsOrigins = server.TextList("cors_origins"),
        };
    }
}
