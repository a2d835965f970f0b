namespace Hutch.Messaging.RabbitMq;

internal sealed partial class BrokerNames(string space)
{
    /// <summary>The placeholder in the routing key of an event without a dataset.</summary>
    private const string NoDataset = "-";

    private readonly string _prefix = space.Length == 0 ? "" : space + ".";

    /// <summary>The topic exchange of what happens at the site.</summary>
    public string Events => _prefix + "hutch.events";

    public string Queue(string name) => _prefix + name;

    /// <summary>The queue at the broker in which messages for another one wait for so long.</summary>
    public string Delay(string name, TimeSpan delay) =>
        string.Create(CultureInfo.InvariantCulture, $"{_prefix}delay.{(long)delay.TotalMilliseconds}.{name}");

    public static bool IsDelay(string queue) => DelayPattern().IsMatch(queue);

    public string NameOf(string queue) => queue.StartsWith(_prefix, StringComparison.Ordinal) ? queue[_prefix.Length..] : queue;

    /// <summary>The routing key of an event: its topic, then one word for the dataset.</summary>
    public static string Key(string topic, string? dataset) => $"{topic}.{dataset ?? NoDataset}";

    public static string Key(BusBinding binding) => Key(binding.Topic, binding.Dataset ?? "*");

    public static (string Topic, string? Dataset) Parse(string key)
    {
        int dot = key.LastIndexOf('.');
        return dot < 0 ? (key, null) : (key[..dot], key[(dot + 1)..] is NoDataset ? null : key[(dot + 1)..]);
    }

    [GeneratedRegex("^([A-Za-z0-9-]+[.])?delay[.][0-9]+[.]")]
    private static partial Regex DelayPattern();
}
