using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Messaging;

/// <summary>A service's PostgreSQL database: one DbContext, one schema, one set of migrations, its own.</summary>
public static class ServiceDatabase
{
    /// <summary>Registers the context; its migrations are recorded inside its own schema.</summary>
    /// <param name="services">The container.</param>
    /// <param name="connectionString">Npgsql's; a secret.</param>
    /// <param name="schema">The service's name.</param>
    public static IServiceCollection AddServiceDatabase<TDbContext>(
        this IServiceCollection services, string connectionString, string schema)
        where TDbContext : DbContext =>
        services.AddDbContextPool<TDbContext>(options => Use(options, connectionString, schema));

    /// <summary>The same options for a context made by hand: at design time and in tests.</summary>
    public static DbContextOptions<TDbContext> OptionsFor<TDbContext>(string connectionString, string schema)
        where TDbContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TDbContext>();
        Use(options, connectionString, schema);
        return options.Options;
    }

    /// <summary>Applies the migrations that are missing. Safe at once on several machines: EF takes a lock.</summary>
    public static async Task MigrateDatabaseAsync<TDbContext>(
        this IServiceProvider services, CancellationToken cancellationToken)
        where TDbContext : DbContext
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TDbContext>().Database.MigrateAsync(cancellationToken);
    }

    private static void Use(DbContextOptionsBuilder options, string connectionString, string schema) =>
        options.UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("schema_version", schema));
}
