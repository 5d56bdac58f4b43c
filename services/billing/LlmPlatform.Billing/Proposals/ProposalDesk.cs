using System.Text.Json;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Proposals;

/// <summary>Takes proposals and decisions on them. Scoped, like the context.</summary>
internal sealed class ProposalDesk(
    BillingDbContext database,
    IOutbox<BillingDbContext> outbox,
    IEnumerable<IProposalKind> kinds,
    TimeProvider clock)
{
    /// <summary>How payloads and effects are written.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public async Task<Proposal> ProposeAsync<TPayload, TEffect>(
        string kind,
        string subject,
        string reason,
        string person,
        TPayload payload,
        TEffect effect,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var proposal = new Proposal
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            Subject = Short(subject),
            Reason = Short(reason),
            Payload = JsonSerializer.Serialize(payload, Json),
            Effect = JsonSerializer.Serialize(effect, Json),
            State = ProposalStates.Pending,
            ProposedBy = person,
            ProposedAt = now,
        };
        database.Proposals.Add(proposal);
        Note(proposal, "proposed", person, now);
        await database.SaveChangesAsync(cancellationToken);
        return proposal;
    }

    /// <summary>Decides a proposal, and carries it out when it is approved, in one transaction.</summary>
    /// <returns>Null: there is none of that id.</returns>
    /// <exception cref="ProposalRefusedException">It may not be decided so; nothing was changed.</exception>
    public async Task<Proposal?> DecideAsync(
        Guid id, bool approve, string person, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var proposal = await database.Proposals
            .FromSql($"SELECT * FROM billing.proposal WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(cancellationToken);
        if (proposal is null)
        {
            return null;
        }

        if (proposal.State != ProposalStates.Pending)
        {
            throw new ProposalRefusedException(
                "proposal_decided", $"The proposal was {proposal.State} by {proposal.DecidedBy} already.");
        }

        if (approve && proposal.ProposedBy == person)
        {
            throw new ProposalRefusedException(
                "self_approval",
                $"{person} proposed this, so another person has to approve it: use a key of one's own, or the master "
                + $"key with the header {ActingPerson.Header}.");
        }

        var now = clock.GetUtcNow();
        proposal.State = approve ? ProposalStates.Approved : ProposalStates.Rejected;
        proposal.DecidedBy = person;
        proposal.DecidedAt = now;
        Note(proposal, proposal.State, person, now);
        if (approve)
        {
            await kinds.Single(kind => kind.Name == proposal.Kind).ApplyAsync(proposal, person, cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return proposal;
    }

    private void Note(Proposal proposal, string what, string person, DateTimeOffset now) =>
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(now),
            ChangedAt = now,
            Actor = person,
            Action = $"proposal.{what}",
            Resource = $"{proposal.Kind}:{proposal.Id}",
            Summary = proposal.Subject,
        });

    private static string Short(string text) =>
        text.Length <= Proposal.TextLength ? text : text[..Proposal.TextLength];
}
