using Hutch.Messaging;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Runs;

namespace Hutch.Site.Dispatch;

/// <summary>
/// Sends the result rows of runs on as messages, each after it is durable, in the order in which they came. How far it is, it remembers;
/// after a crash the rows of the last second are sent again.
/// </summary>
/// <remarks>Thread-safe. A run ends only when its rows have gone: while the broker is away, it waits.</remarks>
public sealed class RowSender(
    ResultReader results, RunInputs inputs, IMessageBus bus, ICursorStore cursors, RecipeQueues queues, TimeProvider time)
{
    /// <summary>A recipe goes along with each row: so much waits for the broker at one time.</summary>
    private const long MaxBytesAtOnce = 4 << 20;

    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(1);

    /// <summary>Sends the rows of a run until all are written and have gone.</summary>
    /// <param name="run">The run.</param>
    /// <param name="written">Ends when no more rows come: true when all frames have one.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="HutchException">They cannot go where they shall.</exception>
    public async Task RunAsync(ActiveRun run, Task<bool> written, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (RunRecipe.Find(run.Description) is null && queues.ResultQueue is null)
        {
            return;
        }

        string name = (await inputs.DatasetAsync(run.Input.Dataset, ct)).TryGet(out SiteDataset? input, out _)
            ? $"{input.Owner}/{input.Slug}"
            : run.Input.Dataset.ToString();
        RowMessages messages = RowMessages.Of(run, name, queues).Value;
        var place = new Place(cursors, time, CursorOf(run.Id), await cursors.LoadAsync(CursorOf(run.Id), ct) ?? 0);
        try
        {
            SiteDataset output = (await inputs.DatasetAsync(run.Output, ct)).Value;
            await foreach (IReadOnlyList<SiteResult> rows in results.ReadAsync(output, run.Id, place.Rows, written, ct))
            {
                await PublishAsync(rows.SelectMany(messages.OfRow), ct);
                place.Rows += rows.Count;
                await place.SaveAsync(SaveAfter, ct);
            }

            if (await written)
            {
                await PublishAsync(messages.OfEnd(place.Rows), ct);
            }
        }
        finally
        {
            await place.SaveAsync(TimeSpan.Zero, CancellationToken.None);
        }
    }

    /// <summary>Forgets a run that is over.</summary>
    public async ValueTask ForgetAsync(Guid run, CancellationToken ct)
    {
        if (await cursors.LoadAsync(CursorOf(run), ct) is not null)
        {
            await cursors.DeleteAsync(CursorOf(run), ct);
        }
    }

    private static string CursorOf(Guid run) => $"analysis.rows.{run:N}";

    private async Task PublishAsync(IEnumerable<QueuedMessage> messages, CancellationToken ct)
    {
        var sending = new List<Task>();
        long bytes = 0;
        try
        {
            foreach (QueuedMessage message in messages)
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

    /// <summary>How many rows of a run have gone.</summary>
    private sealed class Place(ICursorStore cursors, TimeProvider time, string name, long rows)
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
