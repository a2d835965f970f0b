using System.Globalization;

namespace Hutch.Messaging;

/// <summary>What a dead letter says of itself: the headers that are added to those of the message.</summary>
public static class DeadLetter
{
    /// <summary>Why it was given up, in a sentence.</summary>
    public const string ReasonHeader = "dead-reason";

    /// <summary>The queue that gave it up.</summary>
    public const string QueueHeader = "dead-queue";

    /// <summary>How often it had been handed out.</summary>
    public const string AttemptsHeader = "dead-attempts";

    /// <summary>The headers of a message that is given up.</summary>
    internal static IReadOnlyDictionary<string, string> Headers(Delivery given, string queue, string reason) =>
        new Dictionary<string, string>(given.Message.Headers, StringComparer.Ordinal)
        {
            [ReasonHeader] = reason,
            [QueueHeader] = queue,
            [AttemptsHeader] = given.Attempt.ToString(CultureInfo.InvariantCulture),
        };
}
