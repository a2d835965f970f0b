using Hutch.Cluster.Bytes.Packing;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Returns temporary data in the order of the log: single packs, and small groups of extents.</summary>
internal sealed class OldestTemporary
{
    private const int MostExtents = 500;
    private const long MostBytes = 256 << 20;

    private readonly MemberView _view;
    private readonly Queue<(PackRow Pack, long FirstRow)> _packs;
    private long _row;

    public OldestTemporary(MemberView view)
    {
        _view = view;
        _packs = view.Read(static queries => new Queue<(PackRow, long)>(
            queries.Packs().Where(static pack => PackLane.For(pack).IsTransient)
                .Select(pack => (Pack: pack, queries.RowRangeOf(pack.Number).First)).OrderBy(static one => one.First)));
    }

    /// <summary>Returns the next part; null at the end.</summary>
    /// <param name="bytes">The number of bytes wanted. A part exceeds it only where one row has more.</param>
    public TemporaryPart? Next(long bytes)
    {
        List<KnownExtent> extents = _view.Read(queries => queries.TransientAfter(_row, MostExtents));
        if (_packs.TryPeek(out (PackRow Pack, long FirstRow) next) && (extents.Count == 0 || next.FirstRow <= extents[0].Row))
        {
            return new TemporaryPack(_packs.Dequeue().Pack);
        }

        if (extents.Count == 0)
        {
            return null;
        }

        List<KnownExtent> taken = Take(extents, Math.Min(bytes, MostBytes), next.Pack.Number == 0 ? long.MaxValue : next.FirstRow);
        _row = taken[^1].Row;
        return new TemporaryExtents(taken);
    }

    /// <summary>Takes all extents of a row, because the row gives the part its number.</summary>
    private static List<KnownExtent> Take(List<KnownExtent> extents, long bytes, long beforeRow)
    {
        var taken = new List<KnownExtent>();
        foreach (KnownExtent extent in extents)
        {
            if (taken.Count > 0 && extent.Row != taken[^1].Row && (bytes <= 0 || extent.Row >= beforeRow))
            {
                break;
            }

            taken.Add(extent);
            bytes -= extent.Length;
        }

        return taken;
    }
}
