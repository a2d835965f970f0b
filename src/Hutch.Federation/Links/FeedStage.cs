namespace Hutch.Federation.Links;

/// <summary>
/// Gathers the zone's answers until they are one state of the zone. An answer that does not continue the gathered ones is dropped, so
/// repeated, late and reordered answers do nothing.
/// </summary>
internal sealed class FeedStage(FeedPosition? durable)
{
    private readonly Dictionary<(string Table, string Key), FeedItem> _items = [];

    /// <summary>The durable position behind which it gathers; null for none.</summary>
    public FeedPosition? From { get; } = durable;

    /// <summary>The position up to which everything was gathered, and from which the next request continues.</summary>
    public FeedPosition? At { get; private set; } = durable;

    /// <summary>True if everything up to there is durable: nothing was gathered since.</summary>
    public bool IsDurable => At is not null && At == From;

    /// <summary>The rows that were gathered, each as it was last.</summary>
    public IReadOnlyCollection<FeedItem> Items => _items.Values;

    public bool IsWhole { get; private set; }

    /// <returns>True if the gathered rows are now a state of the zone.</returns>
    public bool Accept(FeedPosition? asked, FeedBatch batch)
    {
        if (asked != At)
        {
            return false;
        }

        if (batch.After is null)
        {
            // The zone does not know the position, or there was none: everything comes anew.
            _items.Clear();
            IsWhole = true;
        }
        else if (batch.After != At)
        {
            return false;
        }

        foreach (FeedItem item in batch.Items)
        {
            _items[(item.Table, item.Key)] = item;
        }

        At = batch.To;
        return batch.IsComplete;
    }
}
