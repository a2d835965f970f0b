using Hutch.Messaging;
using Hutch.Messaging.RabbitMq;

namespace Hutch.Datasets.Upkeep;

public static class BrokerProblems
{
    private const string UnavailableKind = "broker-unavailable";

    /// <summary>The broker cannot be used.</summary>
    /// <param name="broker">Its address, without anything secret.</param>
    /// <param name="trouble">Why, as the end of a sentence.</param>
    public static SiteWarning Unavailable(string broker, string trouble) => new(
        UnavailableKind,
        $"The message broker {broker} cannot be used: {trouble}.",
        "Check the broker and the section 'bus' of the configuration. Data are still stored; analyses wait; no event is lost.");

    /// <summary>Finds problems in a status of the broker, in addition to those already known.</summary>
    internal static IEnumerable<SiteWarning> Find(string broker, BrokerStatus look, IReadOnlyList<SiteWarning> known)
    {
        if (look.Trouble is { } trouble && known.All(warning => warning.Kind != UnavailableKind))
        {
            yield return Unavailable(broker, trouble);
        }

        foreach (QueueDepth queue in look.Queues)
        {
            if (Find(queue) is { } problem)
            {
                yield return problem;
            }
        }
    }

    private static SiteWarning? Find(QueueDepth queue) => queue.State switch
    {
        QueueState.DeadLetters => new SiteWarning(
            "dead-letters",
            $"{Messages(queue.Ready, "was", "were")} given up; see the queue {Display.Quote(queue.Name)}.",
            $"`hutch queue show {queue.Name}` says why. See to that, then send them again (`hutch queue resend`) or delete them."),
        QueueState.WithoutReader => new SiteWarning(
            "queue-without-reader",
            $"{Messages(queue.Ready, "waits", "wait")} in the queue {Display.Quote(queue.Name)}, which has no reader.",
            "Start the service that takes them."),
        _ => null,
    };

    private static string Messages(long count, string one, string many) => count == 1
        ? $"1 message {one}"
        : string.Create(CultureInfo.InvariantCulture, $"{count} messages {many}");
}
