using Hutch.Model.Zone;

namespace Hutch.Federation.Links;

/// <summary>
/// Gathers what the zone answers until it is one state of the zone. What does not follow what is here is dropped, so that answers that come
/// twice, late or in another order do nothing.
/// </summary>
internal sealed class FeedStage(FeedPosition? durable)
{
    private readonly FeedPosition? _durable = durable;
    private readonly Dictionary<(string Table, string Key), FeedItem> _items = [];

    /// <summary>Up to where everything was gathered: what is asked for next.</summary>
    public FeedPosition? At { get; private set; } = durable;

    /// <summary>Whether everything up to there is durable: nothing was gathered since.</summary>
    public bool IsDurable => At is not null && At == _durable;

    /// <summary>The rows that were gathered, each as it was last.</summary>
    public IReadOnlyCollection<FeedItem> Items => _items.Values;

    /// <summary>Whether they are all rows that the zone has.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes an answer in.</summary>
    /// <returns>Whether what was gathered is a state of the zone now.</returns>
    public bool Accept(FeedPosition? asked, FeedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
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
