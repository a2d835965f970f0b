namespace Hutch.Processing.Sending;

/// <summary>Sends rows to the queues of their run's recipe, and to the result queue; waits for the broker.</summary>
internal sealed class QueueDestination(RowMessages messages, IMessageBus bus) : IRowDestination
{
    public const string Key = "";

    /// <summary>The most bytes that wait for the broker at one time: a recipe is part of each message.</summary>
    private const long MaxBytesAtOnce = 4 << 20;

    public string Name => Key;

    public async Task<int> SendAsync(IReadOnlyList<SiteResult> rows, CancellationToken ct)
    {
        await PublishAsync(rows.SelectMany(messages.OfRow), ct);
        return rows.Count;
    }

    public async Task<bool> EndAsync(long rows, CancellationToken ct)
    {
        await PublishAsync(messages.OfEnd(rows), ct);
        return true;
    }

    public string Explain(long rows) => $"The queues did not get {rows} rows.";

    private async Task PublishAsync(IEnumerable<QueuedMessage> sent, CancellationToken ct)
    {
        var sending = new List<Task>();
        long bytes = 0;
        try
        {
            foreach (QueuedMessage message in sent)
            {
                sending.Add(bus.PublishAsync(message.Queue, message.Headers, message.Body, ct).AsTask());
                bytes += message.Body.Length;
                if (bytes > MaxBytesAtOnce)
                {
                    await Task.WhenAll(sending);
                    sending.Clear();
                    bytes = 0;
                }
            }

            await Task.WhenAll(sending);
        }
        catch (InvalidOperationException e)
        {
            throw ErrorCode.Unprocessable.With($"The results cannot be sent on: {e.Message}").ToException();
        }
    }
}
