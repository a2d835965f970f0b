namespace Hutch.Messaging.RabbitMq;

/// <summary>Headers of AMQP, which are typed, as the text of the bus.</summary>
internal static class MessageHeaders
{
    /// <summary>The number of earlier deliveries by a quorum queue.</summary>
    private const string DeliveryCount = "x-delivery-count";

    // The client library's own.
    private const string PublishSequence = "x-dotnet-pub-seq-no";
    private const string FirstDeathPrefix = "x-first-death-";
    private const string FirstDeathReason = "x-first-death-reason";
    private const string FirstDeathQueue = "x-first-death-queue";

    public static Dictionary<string, object?> ToWire(IReadOnlyDictionary<string, string> headers)
    {
        var wire = new Dictionary<string, object?>(headers.Count, StringComparer.Ordinal);
        foreach ((string name, string value) in headers.Where(
            header => header.Key is not (BusMessage.DelayHeader or BusMessage.ExpirationHeader)))
        {
            wire[name] = name == BusMessage.RecipeHeader && bool.TryParse(value, out bool isRecipe) ? isRecipe : value;
        }

        return wire;
    }

    /// <summary>Returns the delay of a message before its delivery; null for none.</summary>
    public static TimeSpan? DelayOf(IReadOnlyDictionary<string, string> headers) =>
        headers.TryGetValue(BusMessage.DelayHeader, out string? text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds) && milliseconds > 0
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null;

    /// <summary>Headers that came, without what the broker itself says of a message: it would say it again of a copy.</summary>
    public static IReadOnlyDictionary<string, string> FromWire(IDictionary<string, object?>? wire)
    {
        if (wire is null || wire.Count == 0)
        {
            return BusMessage.NoHeaders;
        }

        var headers = new Dictionary<string, string>(wire.Count, StringComparer.Ordinal);
        foreach ((string name, object? value) in wire)
        {
            if (Text(value) is { } text)
            {
                headers[name] = text;
            }
        }

        AddReason(headers);
        foreach (string name in headers.Keys.Where(IsOfBroker).ToArray())
        {
            headers.Remove(name);
        }

        return headers;
    }

    public static int Attempt(IDictionary<string, object?>? wire, bool isRedelivered) =>
        wire is not null && wire.TryGetValue(DeliveryCount, out object? count) && count is long or int
            ? (int)Math.Min(Convert.ToInt64(count, CultureInfo.InvariantCulture), int.MaxValue - 1) + 1
            : isRedelivered ? 2 : 1;

    /// <summary>Returns true for a header that belongs to one copy of a message: it would be wrong on another one.</summary>
    public static bool IsCount(string name) => name is DeliveryCount or PublishSequence or "x-acquired-count";

    private static bool IsOfBroker(string name) =>
        IsCount(name) || name is BusMessage.DelayHeader || name.StartsWith(FirstDeathPrefix, StringComparison.Ordinal);

    // A message that the broker itself gave up has its own words for it.
    private static void AddReason(Dictionary<string, string> headers)
    {
        string? queue = headers.GetValueOrDefault(FirstDeathQueue);
        if (headers.ContainsKey(DeadLetter.ReasonHeader) || !headers.TryGetValue(FirstDeathReason, out string? reason)
            || (queue is not null && BrokerNames.IsDelay(queue)))
        {
            return;
        }

        headers[DeadLetter.ReasonHeader] = reason switch
        {
            "delivery_limit" => "It was handed out too often.",
            "rejected" => "Its reader refused it.",
            "expired" => "It waited too long.",
            "maxlen" => "The queue was full.",
            _ => $"The broker gave it up: {reason}.",
        };
        if (queue is not null)
        {
            headers[DeadLetter.QueueHeader] = queue;
        }
    }

    private static string? Text(object? value) => value switch
    {
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        bool or IFormattable => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
