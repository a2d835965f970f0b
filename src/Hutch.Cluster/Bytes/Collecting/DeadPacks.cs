using System.Runtime.CompilerServices;
using Hutch.Catalog.Members;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Committing;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Condemns packs in which little lives, and for a purge those that may have anything of it; what lives in them is written anew first.
/// </summary>
internal sealed class DeadPacks(
    ICollectionTurn turn, MemberView view, LivingKeys living, Sentence sentence, PackFetch packs, PackedMemberMover mover, EngineSite site)
{
    private const int Tries = 3;

    private readonly HashSet<MemberKey> _lost = [];

    /// <summary>The row up to which a checkpoint stands in for the records in the packs.</summary>
    public long CoveredRow { get; set; }

    /// <summary>The last record that the checkpoint has.</summary>
    public long CoveredSequence { get; set; }

    /// <summary>What is to be purged; null for a collection that only frees space.</summary>
    public PurgeScope? Purge { get; set; }

    public async Task<CollectionReport> CondemnAsync(CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        List<Census> all = [.. view.Read(static queries => queries.Packs()).Select(Count).OrderBy(static census => census.LivingBytes)];
        report = report with { Segments = report.Segments + all.Count, LeftSegments = report.LeftSegments + all.Count(IsMixed) };
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
        bool hasDead = false;
        queries.ForEachIn(pack.Number, (words, length) =>
        {
            bool lives = living.Contains(RowNotes.KeyOf(words));
            alive += lives ? length : 0;
            hasDead |= !lives;
        });
        (long first, long last) = queries.RowRangeOf(pack.Number);
        return new Census(pack, alive, hasDead, first, last);
    });

    private bool IsWorthIt(Census census) => census.LastRow <= CoveredRow && (Purge is { } purge
        ? purge.MayBeIn(census)
        : census.LivingBytes * 100 < census.Pack.Length * site.Options.Collector.MinLivingPercent);

    /// <summary>Whether old rows were merged with such as no checkpoint has yet: the next try finds one that has them.</summary>
    private bool IsMixed(Census census) =>
        Purge is { } purge && census.FirstRow <= purge.PackedRow && census.LastRow > CoveredRow && purge.MayBeIn(census);

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

        IEnumerable<PackedMemberRow> members = view.Read(queries => queries.MembersIn(pack.Number))
            .Where(member => wanted.Remove(RowNotes.KeyOf(member.Key)));
        return await mover.MoveAsync(PackLane.Of(pack), WholeAsync(pack, members, ct), ct);
    }

    /// <summary>A purge cannot wait for what is damaged, which nobody can read anyway.</summary>
    private async IAsyncEnumerable<(MemberKey Key, byte[] Body, uint Crc32C)> WholeAsync(
        PackRow pack, IEnumerable<PackedMemberRow> members, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach ((MemberKey key, byte[]? body, uint crc32C) in packs.ReadAsync(pack, members, ct))
        {
            if (body is not null)
            {
                yield return (key, body, crc32C);
            }
            else if (Purge is null || !_lost.Add(key))
            {
                throw new QuarantinedException($"The pack '{pack.ObjectName}' is damaged.");
            }
        }
    }

    private async Task<bool> TryCondemnAsync(PackRow pack, CancellationToken ct)
    {
        await RetireAsync(pack, ct);

        // Known before it is asked what lives: what is appended meanwhile is looked at again.
        long known = view.Applied.Number;
        HashSet<ulong> dead = DeadIn(pack);
        bool isDueAtOnce = Purge is not null || PackLane.Of(pack).IsTransient;
        return !LivingOnlyIn(pack).Any()
            && IsThere(pack)
            && await sentence.TryAsync([pack.ObjectName, ObjectNames.ListOf(pack.ObjectName)], isDueAtOnce, known, IsAgainst, ct);

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
        view.Read(queries => queries.OnlyIn(pack.Number)).Select(RowNotes.KeyOf)
            .Where(key => living.Contains(key) && !_lost.Contains(key));

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

}

/// <summary>How much of a pack lives.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="LivingBytes">Bytes of members that something names.</param>
/// <param name="HasDead">Whether anything in it is named by nothing, an empty member too.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="LastRow">Its last row.</param>
internal sealed record Census(PackRow Pack, long LivingBytes, bool HasDead, long FirstRow, long LastRow);

/// <summary>What a purge looks for.</summary>
/// <param name="FromRow">The row from which on records may speak of what is purged.</param>
/// <param name="PackedRow">The row up to which everything was in packs when the collection began: nothing of it came later.</param>
internal sealed record PurgeScope(long FromRow, long PackedRow)
{
    /// <summary>Whether a pack may have anything of it: something dead, or records.</summary>
    public bool MayBeIn(Census census) => census.HasDead || (census.LastRow >= FromRow && census.Pack.Lane == Lane.Main.Name);
}
