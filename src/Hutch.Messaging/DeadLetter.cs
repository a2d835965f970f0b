using System.Globalization;

namespace Hutch.Messaging;

/// <summary>The headers that a dead letter adds to those of the message.</summary>
public static class DeadLetter
{
    /// <summary>The reason, in a sentence.</summary>
    public const string ReasonHeader = "dead-reason";

    /// <summary>The queue that gave it up.</summary>
    public const string QueueHeader = "dead-queue";

    /// <summary>The number of its deliveries.</summary>
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
