using System.Globalization;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Contracts.Billing;
using LlmPlatform.Hosting.Configuration;
using MassTransit;

namespace LlmPlatform.Alerting.Notices;

/// <summary>Mails finance that a bill was issued, its papers attached. A repeat tells nobody again.</summary>
internal sealed class BillIssuedConsumer(NoticeBook notices, ChannelDesk channels, NoticeOptions options)
    : IConsumer<BillIssued>
{
    private const string Billing = "billing";

    public Task Consume(ConsumeContext<BillIssued> context) => notices.PostAsync(
        $"bill\n{context.Message.Number}",
        NoticeOf(context.Message),
        options.BillChannels ?? [.. channels.Channels
            .Where(channel => channel.Kind == ChannelKind.Email).Select(channel => channel.Name)],
        context.CancellationToken);

    private static AlertNotice NoticeOf(BillIssued bill)
    {
        var payable = string.Create(CultureInfo.InvariantCulture, $"{bill.Payable:#,##0.00##} {bill.Currency}");
        var tenant = AlertNotice.OneLine(bill.Tenant);
        var papers = $"/admin/v1/bills/{bill.BillId}";
        return new AlertNotice
        {
            DeliveryId = Guid.Empty,
            Kind = "bill.issued",
            OccurredAt = bill.IssuedAt,
            Scope = $"tenant:{bill.Tenant}",
            Page = "bills",
            Title = $"Bill {bill.Number} of {tenant} for {bill.Period}: {payable}",
            Text = $"The bill of {tenant} for {bill.Period} is issued as {bill.Number}; {payable} are payable. "
                + $"Its papers are at {papers}.pdf and {papers}.csv of the platform.",
            Facts =
            [
                new NoticeFact("Number", bill.Number),
                new NoticeFact("Tenant", tenant),
                new NoticeFact("Month", bill.Period),
                new NoticeFact("Payable", payable),
                new NoticeFact("Document", $"{papers}.pdf"),
            ],
            Papers =
            [
                .. (bill.Papers ?? []).Select(paper =>
                    new NoticePaper(paper.Name, paper.MediaType, Billing, paper.Path)),
            ],
            Data = new
            {
                bill_id = bill.BillId,
                number = bill.Number,
                tenant = bill.Tenant,
                period = bill.Period,
                currency = bill.Currency,
                payable = bill.Payable,
            },
        };
    }
}
