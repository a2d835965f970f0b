using System.Runtime.CompilerServices;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Model.Records;
using Hutch.Site.Write.Committing;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Condemns packs with few living bytes, and for a purge also packs that may contain purged data. Their living members are rewritten first.
/// </summary>
internal sealed class DeadPacks(
    ICollectionLease lease, MemberView view, LiveKeys living, Condemnation condemnation, PackFetch packs, PackedMemberMover mover,
    EngineSite site)
{
    private const int Tries = 3;

    private readonly HashSet<MemberKey> _lost = [];

    /// <summary>The row up to which a checkpoint replaces the records in the packs.</summary>
    public long CoveredRow { get; set; }

    /// <summary>The last record in the checkpoint.</summary>
    public long CoveredSequence { get; set; }

    /// <summary>The scope of the purge; null for a collection that only frees space.</summary>
    public PurgeScope? Purge { get; set; }

    public async Task<CollectionReport> CondemnAsync(CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        List<PackUsage> all = [.. view.Read(static queries => queries.Packs()).Select(Count).OrderBy(
            static packUsage => packUsage.LivingBytes)];
        report = report with { Segments = report.Segments + all.Count, LeftSegments = report.LeftSegments + all.Count(IsMixed) };
        foreach (PackUsage packUsage in all.Where(IsWorthIt))
        {
            ct.ThrowIfCancellationRequested();
            report = await CondemnAsync(packUsage.Pack, report, reached, ct);
        }

        return report;
    }

    private PackUsage Count(PackRow pack) => view.Read(queries =>
    {
        long alive = 0;
        bool hasDead = false;
        queries.ForEachIn(pack.Number, (words, length) =>
        {
            bool lives = living.Contains(MemberIndexUpdater.KeyOf(words));
            alive += lives ? length : 0;
            hasDead |= !lives;
        });
        (long first, long last) = queries.RowRangeOf(pack.Number);
        return new PackUsage(pack, alive, hasDead, first, last);
    });

    private bool IsWorthIt(PackUsage packUsage) => packUsage.LastRow <= CoveredRow && (Purge is { } purge
        ? purge.MayBeIn(packUsage)
        : packUsage.LivingBytes * 100 < packUsage.Pack.Length * site.Options.Collector.MinLivingPercent);

    /// <summary>
    /// True if old rows were merged with rows that no checkpoint has yet. The next attempt finds a checkpoint that has them.
    /// </summary>
    private bool IsMixed(PackUsage packUsage) =>
        Purge is { } purge && packUsage.FirstRow <= purge.PackedRow && packUsage.LastRow > CoveredRow && purge.MayBeIn(packUsage);

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
            // A pack with damaged members stays until they are repaired.
        }

        return report with { LeftSegments = report.LeftSegments + 1 };
    }

    /// <summary>Rewrites the living members that exist only in this pack.</summary>
    private async Task<long> MoveAsync(PackRow pack, CancellationToken ct)
    {
        HashSet<MemberKey> wanted = [.. LivingOnlyIn(pack)];
        if (wanted.Count == 0)
        {
            return 0;
        }

        IEnumerable<PackedMemberRow> members = view.Read(queries => queries.MembersIn(pack.Number))
            .Where(member => wanted.Remove(MemberIndexUpdater.KeyOf(member.Key)));
        return await mover.MoveAsync(PackLane.For(pack), WholeAsync(pack, members, ct), ct);
    }

    /// <summary>Skips damaged members during a purge: they are unreadable, and a purge cannot wait for their repair.</summary>
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

        // Read before the check for living members: rows that are appended during the check are checked again.
        long known = view.Applied.Number;
        HashSet<ulong> dead = DeadIn(pack);
        bool isDueAtOnce = Purge is not null || PackLane.For(pack).IsTransient;
        return !LivingOnlyIn(pack).Any()
            && IsThere(pack)
            && await condemnation.TryAsync([pack.ObjectName, ObjectNames.ListOf(pack.ObjectName)], isDueAtOnce, known, IsAgainst, ct);

        // A later row relies on a member of the pack; or the other copy of a member was found damaged or was moved or condemned.
        bool IsAgainst(LogDirectory row) => row.ReliedUpon.Any(dead.Contains)
            || row.Packs.Count > 0 || row.Damaged.Count > 0 || row.Condemned.Count > 0;
    }

    private HashSet<ulong> DeadIn(PackRow pack) => view.Read(queries =>
    {
        var dead = new HashSet<ulong>();
        queries.ForEachIn(pack.Number, (words, _) =>
        {
            MemberKey key = MemberIndexUpdater.KeyOf(words);
            if (!living.Contains(key))
            {
                dead.Add(key.Fingerprint);
            }
        });
        return dead;
    });

    private IEnumerable<MemberKey> LivingOnlyIn(PackRow pack) =>
        view.Read(queries => queries.OnlyIn(pack.Number)).Select(MemberIndexUpdater.KeyOf)
            .Where(key => living.Contains(key) && !_lost.Contains(key));

    private bool IsThere(PackRow pack) => view.Read(static queries => queries.Packs()).Contains(pack);

    /// <summary>Records the end of the pack in the journal first, so that no salvage of a bucket begins before its records.</summary>
    private async Task RetireAsync(PackRow pack, CancellationToken ct) =>
        _ = (await site.Committer.CommitAsync(context => Retire(context, pack), [], ct, mayUseReserve: true)).Value;

    private Result<Done> Retire(CommitContext context, PackRow pack)
    {
        if (!lease.IsHeld)
        {
            return SupersededCollection.Error;
        }

        context.Emit(new JournalRecord.SegmentRetired(pack.Number, CoveredSequence));
        return Done.Value;
    }

}

/// <param name="LivingBytes">The bytes of referenced members.</param>
/// <param name="HasDead">True if the pack has an unreferenced member, even an empty one.</param>
internal sealed record PackUsage(PackRow Pack, long LivingBytes, bool HasDead, long FirstRow, long LastRow);

/// <param name="FromRow">The first row whose records may mention purged data.</param>
/// <param name="PackedRow">The row up to which everything was in packs when the collection began. No purged data came later.</param>
internal sealed record PurgeScope(long FromRow, long PackedRow)
{
    /// <summary>Returns true if a pack may contain purged data: an unreferenced member, or records.</summary>
    public bool MayBeIn(PackUsage packUsage) =>
        packUsage.HasDead || (packUsage.LastRow >= FromRow && packUsage.Pack.Lane == Lane.Main.Name);
}
