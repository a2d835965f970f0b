namespace Hutch.Messaging;

/// <summary>A message: a topic, a few headers, and a JSON body. Immutable.</summary>
/// <param name="Topic">
/// The kind of event, as <c>entry.put</c>; an AMQP routing key. For a message that was published to a queue: the queue's name.
/// </param>
/// <param name="Headers">Names and values. A recipe's envelope sets <see cref="RecipeHeader"/> here.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record BusMessage(string Topic, string? Dataset, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The header that says that a message has a recipe; a boolean on the wire of AMQP.</summary>
    public const string RecipeHeader = "workflows-recipe";

    /// <summary>
    /// The header that says how long a message that is published to a queue of a broker waits before it is handed out, in milliseconds. It
    /// goes no further. A bus inside one process hands out at once.
    /// </summary>
    public const string DelayHeader = "x-delay";

    /// <summary>
    /// The header that says after how long a broker removes a message that it could not hand out, in milliseconds. It goes no further. A
    /// bus inside one process keeps the message.
    /// </summary>
    public const string ExpirationHeader = "x-expiration";

    /// <summary>The header in which a reader counts how often it put a message back for later.</summary>
    public const string RetryHeader = "hutch-attempt";

    public static IReadOnlyDictionary<string, string> NoHeaders { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
