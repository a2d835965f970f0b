namespace Hutch.Messaging;

/// <summary>The headers of a dead letter: a message that its queue gave up.</summary>
public static class DeadLetter
{
    public const string ReasonHeader = "dead-reason";

    public const string QueueHeader = "dead-queue";

    public const string AttemptsHeader = "dead-attempts";

    /// <summary>Returns true for a header that counts or explains failed deliveries: a letter is sent again without it.</summary>
    public static bool IsOfFailure(string header)
    {
        return header is ReasonHeader or QueueHeader or AttemptsHeader or BusMessage.RetryHeader or BusMessage.DelayHeader
                or "x-death" or "x-delivery-count" or "x-acquired-count"
            || header.StartsWith("x-first-death-", StringComparison.Ordinal)
            || header.StartsWith("x-last-death-", StringComparison.Ordinal);
    }

    internal static IReadOnlyDictionary<string, string> Headers(Delivery given, string queue, string reason) =>
        new Dictionary<string, string>(given.Message.Headers, StringComparer.Ordinal)
        {
            [ReasonHeader] = reason,
            [QueueHeader] = queue,
            [AttemptsHeader] = given.Attempt.ToString(CultureInfo.InvariantCulture),
        };
}
