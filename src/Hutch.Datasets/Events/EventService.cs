using System.Runtime.CompilerServices;
using Hutch.Site.Write.Events;

namespace Hutch.Datasets.Events;

public sealed class EventService(
    Authorizer authorizer, Authenticator authenticator, SiteDatabase records, EventFeed events, TimeProvider time)
{
    /// <summary>The time between two checks of a reader's right to read.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    /// <summary>Checks that the caller may read the events of a dataset, or of all that it may view.</summary>
    public async ValueTask<Result<Done>> AuthorizeReadAsync(Caller caller, DatasetId? dataset, CancellationToken ct)
    {
        if (dataset is not { } id)
        {
            return Authorizer.Authorize(caller, Operation.MeRead);
        }

        return (await authorizer.AuthorizeAsync(caller, id, Operation.HistoryRead, ct)).Then<Done>(_ => Done.Value);
    }

    /// <summary>The position of what happened last.</summary>
    public ValueTask<long> NewestAsync(CancellationToken ct) => records.ReadAsync(queries => queries.AppliedSequence(), ct);

    /// <summary>The events after a position that the caller may see, as they come. Ends when the token ends.</summary>
    public async IAsyncEnumerable<VisibleEvent> ReadAsync(
        Caller caller, DatasetId? dataset, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        Caller now = caller;
        DateTimeOffset askAgain = time.GetUtcNow() + Trust;
        await foreach (SiteEvent happened in events.ReadAsync(after, dataset, ct))
        {
            if (time.GetUtcNow() >= askAgain)
            {
                Result<Caller> refreshed = await authenticator.RefreshAsync(now, ct);
                if (!refreshed.IsOk)
                {
                    yield break;
                }

                now = refreshed.Value;
                askAgain = time.GetUtcNow() + Trust;
            }

            if (await MaySeeAsync(now, happened, ct))
            {
                yield return ToVisible(happened);
            }
        }
    }

    private async ValueTask<bool> MaySeeAsync(Caller caller, SiteEvent happened, CancellationToken ct)
    {
        if (!DatasetId.TryParse(happened.Dataset, out DatasetId dataset))
        {
            return happened.Kind == "temporary.dropped" && Authorizer.Authorize(caller, Operation.SiteRead).IsOk;
        }

        // File names need the right to list files; results need the right to read.
        Operation needed = happened.Kind switch
        {
            "entry.put" or "entry.removed" => Operation.EntryList,
            "result.row" => Operation.EntryRead,
            _ => Operation.HistoryRead,
        };
        return (await authorizer.AuthorizeAsync(caller, dataset, needed, ct)).IsOk;
    }

    private static VisibleEvent ToVisible(SiteEvent happened)
    {
        // The right to see one dataset of a run does not include its command and other datasets: a request for the run returns the visible
        // part.
        bool isRun = happened.Kind == "run.started";
        using JsonDocument record = JsonDocument.Parse(happened.Data);
        return new VisibleEvent(
            happened.Sequence,
            happened.Kind,
            DatasetId.TryParse(happened.Dataset, out DatasetId id) ? id : null,
            DateTimeOffset.FromUnixTimeMilliseconds(happened.Time),
            [.. record.RootElement.Clone().EnumerateObject().Where(fact =>
                isRun ? fact.Name == "run" : fact.Name is not ("k" or "ms" or "dataset" or "d"))]);
    }
}
