using MassTransit;

namespace LlmPlatform.Messaging.Tests;

public sealed class PeriodStateMachine : MassTransitStateMachine<PeriodState>
{
    public PeriodStateMachine()
    {
        InstanceState(period => period.CurrentState);
        Event(() => Opened, e => e.CorrelateById(context => context.Message.PeriodId));
        Event(() => Added, e => e.CorrelateById(context => context.Message.PeriodId));
        Event(() => Ended, e => e.CorrelateById(context => context.Message.PeriodId));
        Event(() => Granted, e =>
        {
            e.CorrelateBy((period, context) => period.Name == context.Message.Name);
            e.OnMissingInstance(missing => missing.Discard());
        });

        Initially(When(Opened)
            .Then(context =>
            {
                context.Saga.Name = context.Message.Name;
                context.Saga.Openings++;
            })
            .Publish(_ => new SomethingHappened { Number = 0, Note = "opened" })
            .TransitionTo(Open));
        During(Open,
            Ignore(Opened),
            When(Added)
                .Then(context => context.Saga.Sum += context.Message.Amount)
                .Publish(context => new SomethingHappened { Number = context.Saga.Sum, Note = "added" })
                .If(context => context.Message.Amount < 0, failing => failing.Then(_ => throw new TimeoutException())),
            When(Granted)
                .Then(context => context.Saga.Sum += context.Message.Amount)
                .Publish(context => new SomethingHappened { Number = context.Saga.Sum, Note = "granted" }),
            When(Ended)
                .Then(context => context.GetPayload<FirstDbContext>().Things.Add(new Thing { Name = "ended" }))
                .Send(new Uri("queue:Recording"),
                    context => new SomethingHappened { Number = context.Saga.Sum, Note = "ended" })
                .Finalize());
        SetCompletedWhenFinalized();
    }

    public State Open { get; private set; } = null!;

    public Event<PeriodOpened> Opened { get; private set; } = null!;

    public Event<AmountAdded> Added { get; private set; } = null!;

    public Event<PeriodEnded> Ended { get; private set; } = null!;

    public Event<BonusGranted> Granted { get; private set; } = null!;
}
