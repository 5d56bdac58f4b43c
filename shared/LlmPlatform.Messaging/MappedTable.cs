using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.Messaging;

/// <summary>Where a context keeps an entity: each service has a schema of its own, so statements ask it.</summary>
internal static class MappedTable
{
    /// <summary>The quoted, schema-qualified table.</summary>
    /// <exception cref="InvalidOperationException">The model of the context does not map the entity.</exception>
    public static string NameOf<TEntity>(DbContext context)
    {
        var entity = EntityOf<TEntity>(context);
        return context.GetService<ISqlGenerationHelper>()
            .DelimitIdentifier(entity.GetTableName()!, entity.GetSchema());
    }

    /// <summary>The quoted column of a property.</summary>
    /// <exception cref="InvalidOperationException">The model of the context does not map the entity.</exception>
    public static string ColumnOf<TEntity>(DbContext context, string property) =>
        context.GetService<ISqlGenerationHelper>()
            .DelimitIdentifier(EntityOf<TEntity>(context).GetProperty(property).GetColumnName());

    private static IEntityType EntityOf<TEntity>(DbContext context) =>
        context.Model.FindEntityType(typeof(TEntity))
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} does not map {typeof(TEntity).Name}. Its OnModelCreating must do so; the "
                + "outbox and the inbox are mapped by modelBuilder.AddMessagingTables().");
}
