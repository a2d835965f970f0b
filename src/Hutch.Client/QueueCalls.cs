using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>The queues of the server's message bus.</summary>
public static class QueueCalls
{
    extension(HutchClient client)
    {
        public Task<Page<LiveBrokerQueue>> GetQueuesAsync(CancellationToken ct = default) =>
            client.GetAsync("queues", HutchJson.Default.PageLiveBrokerQueue, ct);

        /// <summary>Returns the oldest dead letters in a queue.</summary>
        public Task<DeadLetterList> GetDeadLettersAsync(string queue, int limit, CancellationToken ct = default) =>
            client.GetAsync(Path(queue) + Query(("limit", Number(limit))), HutchJson.Default.DeadLetterList, ct);

        /// <summary>Deletes all dead letters in a queue.</summary>
        public Task<DrainedLetters> DrainQueueAsync(string queue, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, Path(queue)), repeatable: false, HutchJson.Default.DrainedLetters, ct);

        /// <summary>Sends the oldest dead letters in a queue again.</summary>
        public Task<ResentLettersInfo> ResendDeadLettersAsync(string queue, int limit, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, $"{Path(queue)}/resend{Query(("limit", Number(limit)))}"), repeatable: false,
            HutchJson.Default.ResentLettersInfo, ct);
    }

    private static string Path(string queue) => $"queues/{Escape(queue)}/dead-letters";
}
