using LlmPlatform.Hosting.Bus;
using MassTransit;

namespace LlmPlatform.Billing.Warehouse
{
    internal sealed class UsageRecordedConsumer : IConsumer<Contracts.Usage.UsageRecordedBatch>
    {
        public Task Consume(ConsumeContext<Contracts.Usage.UsageRecordedBatch> context) => Task.CompletedTask;
    }
}

namespace LlmPlatform.Metering.Counters
{
    internal sealed class UsageRecordedConsumer : IConsumer<Contracts.Usage.UsageRecordedBatch>
    {
        public Task Consume(ConsumeContext<Contracts.Usage.UsageRecordedBatch> context) => Task.CompletedTask;
    }
}

namespace LlmPlatform.Metering.Budgets
{
    internal sealed class BudgetPeriodState : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }
    }
}

namespace LlmPlatform.Audit
{
    internal sealed class AdminChangeRecordedConsumer : IConsumer<Contracts.Auditing.AdminChangeRecorded>
    {
        public Task Consume(ConsumeContext<Contracts.Auditing.AdminChangeRecorded> context) => Task.CompletedTask;
    }
}

namespace Elsewhere
{
    internal sealed class ThingConsumer : IConsumer<LlmPlatform.Contracts.Auditing.AdminChangeRecorded>
    {
        public Task Consume(ConsumeContext<LlmPlatform.Contracts.Auditing.AdminChangeRecorded> context) =>
            Task.CompletedTask;
    }
}

namespace LlmPlatform.Hosting.Tests.Bus
{
    public class ServiceEndpointNameFormatterTests
    {
        private static readonly ServiceEndpointNameFormatter _names = ServiceEndpointNameFormatter.Instance;

        [Fact]
        public void A_queue_is_named_for_its_service_and_its_consumer()
        {
            Assert.Equal("billing-usage-recorded", _names.Consumer<Billing.Warehouse.UsageRecordedConsumer>());
            Assert.Equal("metering-usage-recorded", _names.Consumer<Metering.Counters.UsageRecordedConsumer>());
            Assert.Equal("audit-admin-change-recorded", _names.Consumer<Audit.AdminChangeRecordedConsumer>());
            Assert.Equal("thing", _names.Consumer<Elsewhere.ThingConsumer>());
        }

        [Fact]
        public void A_saga_has_a_queue_of_its_service() =>
            Assert.Equal("metering-budget-period-state", _names.Saga<Metering.Budgets.BudgetPeriodState>());
    }
}
