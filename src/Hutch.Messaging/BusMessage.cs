namespace Hutch.Messaging;

/// <summary>A message: what it is about, a few headers, and a JSON body. Immutable.</summary>
/// <param name="Topic">
/// What happened, as <c>entry.put</c>; an AMQP routing key. For a message that was published to a queue: the queue's name.
/// </param>
/// <param name="Dataset">The dataset it concerns, as text; null for none.</param>
/// <param name="Headers">Names and values beside the body. A recipe's envelope sets <c>workflows-recipe</c> here.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record BusMessage(string Topic, string? Dataset, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    public static IReadOnlyDictionary<string, string> NoHeaders { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
