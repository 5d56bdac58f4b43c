using LlmPlatform.Messaging;
using LlmPlatform.Router;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.Migrations;

/// <summary>Makes the router's context for <c>dotnet ef</c>; no server is asked.</summary>
internal sealed class RouterContext : IDesignTimeDbContextFactory<RouterDbContext>
{
    public RouterDbContext CreateDbContext(string[] args) =>
        new(ServiceDatabase.OptionsFor<RouterDbContext>("Host=design-time", RouterDbContext.Schema));
}
