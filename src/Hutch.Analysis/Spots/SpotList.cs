namespace Hutch.Analysis.Spots;

/// <summary>The spots of one frame. Belongs to the <see cref="SpotFinder"/> that found them and is used again for its next frame.</summary>
internal sealed class SpotList
{
    private Spot[] _spots = new Spot[256];

    public int Count { get; private set; }

    /// <summary>The number of strong pixels of the frame, in spots or not.</summary>
    public int StrongPixels { get; internal set; }

    /// <summary>The number of groups of strong pixels before the filters.</summary>
    public int Components { get; internal set; }

    /// <summary>The spots, in the order of their first pixels, row by row.</summary>
    public ReadOnlySpan<Spot> Spots => _spots.AsSpan(0, Count);

    internal void Clear() => Count = 0;

    internal void Add(in Spot spot)
    {
        if (Count == _spots.Length)
        {
            Array.Resize(ref _spots, Count * 2);
        }

        _spots[Count++] = spot;
    }
}
