using Hutch.Messaging;

namespace Hutch.Api.Documents;

/// <summary>Queues of the bus and their dead letters, as the REST interface writes them.</summary>
internal static class QueueDocuments
{
    public static Page<LiveBrokerQueue> From(IReadOnlyList<QueueDepth> queues) => new() { Items = [.. queues.Select(From)] };

    public static LiveBrokerQueue From(QueueDepth queue) => new()
    {
        Name = queue.Name,
        State = queue.State switch
        {
            QueueState.DeadLetters => "dead-letters",
            QueueState.WithoutReader => "without-reader",
            _ => "ok",
        },
        Ready = queue.Ready,
        Unacknowledged = queue.Unacknowledged,
        Readers = queue.Consumers,
    };

    public static DeadLetterList From(LetterList letters) => new()
    {
        Total = letters.Total,
        Items =
        [
            .. letters.Letters.Select(static letter => new DeadLetterInfo
            {
                Queue = letter.Queue,
                Reason = letter.Reason,
                Attempts = letter.Attempts,
                Headers = letter.Headers,
                Bytes = letter.Bytes,
                Text = letter.Text,
            }),
        ],
    };

    public static DrainedLetters FromDrained(long letters) => new() { Deleted = letters };

    public static ResentLettersInfo From(ResentLetters letters) => new() { Sent = letters.Sent, Left = letters.Left };
}
