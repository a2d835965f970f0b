using Hutch.Cluster.Bytes.Packing;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Objects with temporary data that are dropped together.</summary>
internal abstract class TemporaryPart
{
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Reads the contents that exist nowhere else; null when the objects are gone.</summary>
    public abstract TemporaryPortion? FindOldest(MemberView view);

    /// <summary>Returns a test for rows appended since: true if one contradicts the drop because it relies on the contents.</summary>
    public virtual Predicate<LogDirectory> IsAgainst(TemporaryPortion portion)
    {
        HashSet<ulong> dead =
        [
            .. portion.Small.Select(static hash => MemberKey.Blob(hash).Fingerprint),
            .. portion.Extents.Select(static key => key.Fingerprint),
        ];
        return row => row.ReliedUpon.Any(dead.Contains);
    }
}

internal sealed class TemporaryExtents(IReadOnlyList<KnownExtent> extents) : TemporaryPart
{
    public override IReadOnlyList<string> Names { get; } = [.. extents.Select(static extent => extent.ObjectName)];

    // The rows up to the last one are called by its number, negated: packs have numbers of their own.
    public override TemporaryPortion? FindOldest(MemberView view) => new(
        -extents[^1].Row,
        extents.Max(static extent => PackLane.For(extent.Lane).Expires!.Value),
        extents.Sum(static extent => (long)extent.Length),
        [],
        extents.Select(static extent => MemberIndexUpdater.KeyOf(extent.Key)).ToHashSet());
}

internal sealed class TemporaryPack(PackRow pack) : TemporaryPart
{
    public override IReadOnlyList<string> Names { get; } = [pack.ObjectName, ObjectNames.ListOf(pack.ObjectName)];

    public override TemporaryPortion? FindOldest(MemberView view)
    {
        if (!view.Read(static queries => queries.Packs()).Contains(pack))
        {
            return null;
        }

        // Members with a copy elsewhere remain.
        ILookup<MemberKind, MemberKey> only = view.Read(queries => queries.OnlyIn(pack.Number)).Select(MemberIndexUpdater.KeyOf)
            .ToLookup(static key => key.Kind);
        return new TemporaryPortion(
            pack.Number,
            PackLane.For(pack).Expires!.Value,
            pack.Length,
            [.. only[MemberKind.Blob].Select(static key => key.Hash)],
            only[MemberKind.Extent].ToHashSet());
    }

    /// <summary>A later row also contradicts if the other copy of a member was found damaged, or was moved or condemned.</summary>
    public override Predicate<LogDirectory> IsAgainst(TemporaryPortion portion)
    {
        Predicate<LogDirectory> isNeeded = base.IsAgainst(portion);
        return row => isNeeded(row) || row.Packs.Count > 0 || row.Damaged.Count > 0 || row.Condemned.Count > 0;
    }
}
