namespace Hutch.Messaging;

public static class DeadLetter
{
    public const string ReasonHeader = "dead-reason";

    public const string QueueHeader = "dead-queue";

    public const string AttemptsHeader = "dead-attempts";

    internal static IReadOnlyDictionary<string, string> Headers(Delivery given, string queue, string reason) =>
        new Dictionary<string, string>(given.Message.Headers, StringComparer.Ordinal)
        {
            [ReasonHeader] = reason,
            [QueueHeader] = queue,
            [AttemptsHeader] = given.Attempt.ToString(CultureInfo.InvariantCulture),
        };
}
