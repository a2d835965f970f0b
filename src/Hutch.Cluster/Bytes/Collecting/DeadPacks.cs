using Hutch.Catalog.Members;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Committing;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Condemns packs in which little lives; what lives in them is written anew first.</summary>
internal sealed class DeadPacks(
    ICollectionTurn turn, MemberView view, LivingKeys living, Sentence sentence, PackFetch packs, PackedMemberMover mover, EngineSite site)
{
    private const int Tries = 3;

    /// <summary>The row up to which a checkpoint stands in for the records in the packs.</summary>
    public long CoveredRow { get; set; }

    /// <summary>The last record that the checkpoint has.</summary>
    public long CoveredSequence { get; set; }

    public async Task<CollectionReport> CondemnAsync(CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        List<Census> all = [.. view.Read(static queries => queries.Packs()).Select(Count).OrderBy(static census => census.LivingBytes)];
        report = report with { Segments = report.Segments + all.Count };
        foreach (Census census in all.Where(IsWorthIt))
        {
            ct.ThrowIfCancellationRequested();
            report = await CondemnAsync(census.Pack, report, reached, ct);
        }

        return report;
    }

    private Census Count(PackRow pack) => view.Read(queries =>
    {
        long alive = 0;
        queries.ForEachIn(pack.Number, (words, length) => alive += living.Contains(RowNotes.KeyOf(words)) ? length : 0);
        return new Census(pack, alive, queries.LastRowIn(pack.Number));
    });

    private bool IsWorthIt(Census census) =>
        census.LastRow <= CoveredRow && census.LivingBytes * 100 < census.Pack.Length * site.Options.Collector.MinLivingPercent;

    private async Task<CollectionReport> CondemnAsync(
        PackRow pack, CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        try
        {
            long moved = 0;
            for (int i = 0; i < Tries; i++)
            {
                moved += await MoveAsync(pack, ct);
                await reached(CollectionStep.Moved);
                if (await TryCondemnAsync(pack, ct))
                {
                    return report with
                    {
                        Retired = report.Retired + 1,
                        MovedBytes = report.MovedBytes + moved,
                        FreedBytes = report.FreedBytes + pack.Length - moved,
                    };
                }
            }
        }
        catch (QuarantinedException)
        {
            // What is damaged waits for its repair, and the pack with it.
        }

        return report with { LeftSegments = report.LeftSegments + 1 };
    }

    /// <summary>Writes anew what lives in the pack and nowhere else.</summary>
    private async Task<long> MoveAsync(PackRow pack, CancellationToken ct)
    {
        HashSet<MemberKey> wanted = [.. LivingOnlyIn(pack)];
        if (wanted.Count == 0)
        {
            return 0;
        }

        Lane lane = Lane.TryParse(pack.Lane, out Lane known)
            ? known
            : throw new StorageFormatException(
                $"The pack '{pack.ObjectName}' is in the lane '{pack.Lane}', which this version does not know.");
        List<(long Row, long Start)> rows = view.Read(queries => queries.RowsIn(pack.Number));
        return await mover.MoveAsync(lane, packs.ReadAsync(pack, rows, ct), wanted, ct);
    }

    private async Task<bool> TryCondemnAsync(PackRow pack, CancellationToken ct)
    {
        await RetireAsync(pack, ct);

        // Known before it is asked what lives: what is appended meanwhile is looked at again.
        long known = view.Applied.Number;
        HashSet<ulong> dead = DeadIn(pack);
        return !LivingOnlyIn(pack).Any()
            && IsThere(pack)
            && await sentence.TryAsync([pack.ObjectName, ObjectNames.ListOf(pack.ObjectName)], known, IsAgainst, ct);

        // Somebody goes by what is in the pack; or what counts as another copy was found damaged, or went another way.
        bool IsAgainst(LogDirectory row) => row.ReliedUpon.Any(dead.Contains)
            || row.Packs.Count > 0 || row.Damaged.Count > 0 || row.Condemned.Count > 0;
    }

    private HashSet<ulong> DeadIn(PackRow pack) => view.Read(queries =>
    {
        var dead = new HashSet<ulong>();
        queries.ForEachIn(pack.Number, (words, _) =>
        {
            MemberKey key = RowNotes.KeyOf(words);
            if (!living.Contains(key))
            {
                dead.Add(key.Fingerprint);
            }
        });
        return dead;
    });

    private IEnumerable<MemberKey> LivingOnlyIn(PackRow pack) =>
        view.Read(queries => queries.OnlyIn(pack.Number)).Select(RowNotes.KeyOf).Where(living.Contains);

    private bool IsThere(PackRow pack) => view.Read(static queries => queries.Packs()).Contains(pack);

    /// <summary>The journal says first that the pack goes, so that nobody who salvages a bucket begins before its records.</summary>
    private async Task RetireAsync(PackRow pack, CancellationToken ct) =>
        _ = (await site.Committer.CommitAsync(context => Retire(context, pack), [], ct, mayUseReserve: true)).Value;

    private Result<Done> Retire(CommitContext context, PackRow pack)
    {
        if (!turn.IsHeld)
        {
            return Overtaken.Error;
        }

        context.Emit(new JournalRecord.SegmentRetired(pack.Number, CoveredSequence));
        return Done.Value;
    }

    /// <summary>How much of a pack lives.</summary>
    private sealed record Census(PackRow Pack, long LivingBytes, long LastRow);
}
