using System.Collections.Concurrent;
using Hutch.Messaging.InProcess;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Sending;

/// <summary>
/// Sends the result rows of runs to each destination separately, in the order in which they came, after they are durable. It remembers the
/// position of each destination; after a crash it sends the rows of the last second again.
/// </summary>
/// <remarks>Thread-safe. A run ends only when its rows were sent or given up.</remarks>
public sealed class RowSender(
    ResultReader results, RunInputs inputs, ICursorStore cursors, RowDestinations destinations, TimeProvider time)
{
    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, (CallbackDestination Destination, SendPosition Place)> _callbacks = new();

    /// <summary>Sends the rows of a run until all are written and sent.</summary>
    /// <param name="written">Ends when no more rows come: true when all frames have one.</param>
    /// <returns>A sentence about the rows that were not sent; null when all were.</returns>
    /// <exception cref="HutchException">The rows cannot be sent to their destination.</exception>
    public async Task<string?> RunAsync(ActiveRun run, Task<bool> written, CancellationToken ct)
    {
        IReadOnlyList<IRowDestination> all = await destinations.OfAsync(run, written, ct);
        if (all.Count == 0)
        {
            return null;
        }

        SiteDataset output = (await inputs.DatasetAsync(run.Output, ct)).Value;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            string?[] left = await Task.WhenAll(all.Select(one => GuardAsync(one, run, output, written, stop)));
            return left.OfType<string>().Aggregate((string?)null, (some, more) => some is null ? more : $"{some} {more}");
        }
        finally
        {
            _callbacks.TryRemove(run.Id, out _);
        }
    }

    /// <summary>Returns the progress of a run's rows to its callback address; null when it has none, or the run is not in work.</summary>
    public SendingProgress? Progress(Guid run) => _callbacks.TryGetValue(
        run, out (CallbackDestination Destination, SendPosition Place) callback)
        ? new SendingProgress(callback.Place.Rows, callback.Destination.Trouble)
        : null;

    public async ValueTask RemoveAsync(Guid run, CancellationToken ct)
    {
        foreach (string name in RowDestinations.Names.Select(name => CursorOf(run, name)))
        {
            if (await cursors.LoadAsync(name, ct) is not null)
            {
                await cursors.DeleteAsync(name, ct);
            }
        }
    }

    private static string CursorOf(Guid run, string destination) => $"analysis.rows.{run:N}{destination}";

    /// <summary>Sends to one destination; the first that fails stops the others.</summary>
    private async Task<string?> GuardAsync(
        IRowDestination destination, ActiveRun run, SiteDataset output, Task<bool> written, CancellationTokenSource stop)
    {
        try
        {
            return await SendAsync(destination, run, output, written, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<string?> SendAsync(
        IRowDestination destination, ActiveRun run, SiteDataset output, Task<bool> written, CancellationToken ct)
    {
        string cursor = CursorOf(run.Id, destination.Name);
        var sendPosition = new SendPosition(cursors, time, cursor, await cursors.LoadAsync(cursor, ct) ?? 0);
        if (destination is CallbackDestination callback)
        {
            _callbacks[run.Id] = (callback, sendPosition);
        }

        long left = 0;
        try
        {
            await foreach (IReadOnlyList<SiteResult> rows in results.ReadAsync(output, run.Id, sendPosition.Rows, written, ct))
            {
                int sent = left > 0 ? 0 : await destination.SendAsync(rows, ct);
                left += rows.Count - sent;
                sendPosition.Rows += sent;
                await sendPosition.SaveAsync(SaveAfter, ct);
            }

            bool isAll = left == 0 && (!await written || await destination.EndAsync(sendPosition.Rows, ct));
            return isAll ? null : destination.Explain(left);
        }
        finally
        {
            await sendPosition.SaveAsync(TimeSpan.Zero, CancellationToken.None);
        }
    }

    /// <summary>The number of a run's rows that were sent to a destination.</summary>
    private sealed class SendPosition(ICursorStore cursors, TimeProvider time, string name, long rows)
    {
        private long _saved = rows;
        private long _savedAt = time.GetTimestamp();

        public long Rows { get; set; } = rows;

        public async ValueTask SaveAsync(TimeSpan after, CancellationToken ct)
        {
            if (Rows != _saved && time.GetElapsedTime(_savedAt) >= after)
            {
                await cursors.SaveAsync(name, Rows, ct);
                _saved = Rows;
                _savedAt = time.GetTimestamp();
            }
        }
    }
}
