using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace LlmPlatform.Hosting;

/// <summary>
/// Logs to the console, one line an entry with a UTC time; <c>LLM_PLATFORM_LOG_FORMAT=json</c> writes JSON lines,
/// <c>LLM_PLATFORM_LOG_LEVEL</c> sets the lowest level (default Information).
/// </summary>
internal static class PlatformConsole
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    public static ILoggingBuilder AddPlatformConsole(this ILoggingBuilder logging)
    {
        var level = Environment.GetEnvironmentVariable("LLM_PLATFORM_LOG_LEVEL");
        logging.SetMinimumLevel(Enum.TryParse<LogLevel>(level, ignoreCase: true, out var lowest)
            ? lowest
            : LogLevel.Information);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);

        // A statement that fails is an exception of whoever sent it; the first look for a history table always fails.
        logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        logging.AddFilter("MassTransit", LogLevel.Warning);
        if (Environment.GetEnvironmentVariable("LLM_PLATFORM_LOG_FORMAT") == "json")
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
