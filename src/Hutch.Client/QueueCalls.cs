namespace Hutch.Client;

/// <summary>The queues of the server's message bus.</summary>
public static class QueueCalls
{
    extension(HutchClient client)
    {
        public Task<Page<LiveBrokerQueue>> GetQueuesAsync(CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Queues.List.At(), ct);

        /// <summary>Returns the oldest dead letters in a queue.</summary>
        public Task<DeadLetterList> GetDeadLettersAsync(string queue, int limit, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Queues.ReadDeadLetters.At(queue).With("limit", limit), ct);

        /// <summary>Deletes all dead letters in a queue.</summary>
        public Task<DrainedLetters> DrainQueueAsync(string queue, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Queues.Drain.At(queue), ct);

        /// <summary>Sends the oldest dead letters in a queue again.</summary>
        public Task<ResentLettersInfo> ResendDeadLettersAsync(string queue, int limit, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Queues.Resend.At(queue).With("limit", limit), ct);
    }
}
