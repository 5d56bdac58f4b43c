using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>Maps the tables of the outbox and the inbox.</summary>
public static class MessagingModelBuilderExtensions
{
    /// <summary>
    /// Adds <c>outbox_message</c> and <c>inbox_message</c> to the model, in the context's default schema. They become
    /// part of the service's own migrations.
    /// </summary>
    /// <param name="modelBuilder">The builder given to <c>OnModelCreating</c>.</param>
    public static ModelBuilder AddMessagingTables(this ModelBuilder modelBuilder) =>
        modelBuilder
            .ApplyConfiguration(new OutboxMessage.Mapping())
            .ApplyConfiguration(new InboxMessage.Mapping());
}
