namespace Hutch.Messaging;

/// <summary>The events that flow into a queue: those of a topic, of one dataset or of all.</summary>
/// <param name="Dataset">One dataset, as text; null for all.</param>
public sealed record BusBinding(string Topic, string? Dataset = null)
{
    public bool Matches(string topic, string? dataset) =>
        string.Equals(Topic, topic, StringComparison.Ordinal)
            && (Dataset is null || string.Equals(Dataset, dataset, StringComparison.Ordinal));
}
