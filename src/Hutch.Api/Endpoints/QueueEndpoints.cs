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
        table.Add(Tag, RestCalls.Queues.List, "Queues of the message bus, and those with dead letters")
            .Gives(request => queues.ListAsync(request.Caller, request.Aborted), QueueDocuments.From);
        table.Add(Tag, RestCalls.Queues.ReadDeadLetters, "The oldest dead letters in a queue, which stay there")
            .Query("limit", $"Most items, 1 to {IQueueAdministration.MaxShown}", "integer")
            .Gives(
                request => queues.ReadAsync(request.Caller, request.Route("queue"), request.Limit, request.Aborted), QueueDocuments.From);
        table.Add(Tag, RestCalls.Queues.Drain, "Delete all dead letters in a queue")
            .Gives(request => queues.DrainAsync(request.Caller, request.Route("queue"), request.Aborted), QueueDocuments.FromDrained);
        table.Add(Tag, RestCalls.Queues.Resend, "Send the oldest dead letters in a queue again, to the queue that gave them up")
            .Query("limit", $"Most letters, 1 to {IQueueAdministration.MaxResent}", "integer")
            .Gives(
                request => queues.ResendAsync(request.Caller, request.Route("queue"), request.Limit, request.Aborted), QueueDocuments.From);
    }
}
