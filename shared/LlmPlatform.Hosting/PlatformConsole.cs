using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace LlmPlatform.Hosting;

/// <summary>Logs to the console, one line an entry with a UTC time, as text or JSON.</summary>
internal static class PlatformConsole
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    public static ILoggingBuilder AddPlatformConsole(this ILoggingBuilder logging, PlatformEnvironment environment)
    {
        logging.SetMinimumLevel(environment.LogLevel);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Open to any level at all it makes an activity and a scope of each request, and what it says of a start that
        // fails is said by the host as well.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);

        // A statement that fails is an exception of whoever sent it; the first look for a history table always fails.
        logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        logging.AddFilter("MassTransit", LogLevel.Warning);
        if (environment.LogsJson)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = Timestamp;
            });
        }
        else
        {
            logging.AddSimpleConsole(line =>
            {
                line.SingleLine = true;
                line.UseUtcTimestamp = true;
                line.TimestampFormat = Timestamp;
                line.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        return logging;
    }
}
