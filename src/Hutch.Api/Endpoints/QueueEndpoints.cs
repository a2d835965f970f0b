using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Messaging;

namespace Hutch.Api.Endpoints;

/// <summary>The queues of the message bus and their dead letters.</summary>
internal sealed class QueueEndpoints(QueueService queues) : IEndpoints
{
    private const string Tag = "Queues";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/queues", "Queues of the message bus, and those with dead letters", "operator")
            .Gives(
                HutchJson.Default.PageLiveBrokerQueue,
                request => queues.ListAsync(request.Caller, request.Aborted),
                QueueDocuments.From);
        table.Add(Tag, "GET", "/queues/{queue}/dead-letters", "The oldest dead letters in a queue, which stay there", "operator")
            .Query("limit", $"Most items, 1 to {IQueueAdministration.MaxShown}", "integer")
            .Gives(
                HutchJson.Default.DeadLetterList,
                request => queues.ReadAsync(request.Caller, request.Route("queue"), request.Limit, request.Aborted),
                QueueDocuments.From);
        table.Add(Tag, "DELETE", "/queues/{queue}/dead-letters", "Delete all dead letters in a queue", "operator")
            .Gives(
                HutchJson.Default.DrainedLetters,
                request => queues.DrainAsync(request.Caller, request.Route("queue"), request.Aborted),
                QueueDocuments.FromDrained);
        table.Add(
            Tag, "POST", "/queues/{queue}/dead-letters/resend",
            "Send the oldest dead letters in a queue again, to the queue that gave them up", "operator")
            .Query("limit", $"Most letters, 1 to {IQueueAdministration.MaxResent}", "integer")
            .Gives(
                HutchJson.Default.ResentLettersInfo,
                request => queues.ResendAsync(request.Caller, request.Route("queue"), request.Limit, request.Aborted),
                QueueDocuments.From);
    }
}
