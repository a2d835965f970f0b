namespace Hutch.Analysis.Spots.Kernels;

/// <summary>The strong pixels of one image in row-major order. Grows once and is used again for every frame.</summary>
/// <param name="most">Further ones are not kept: the frame decides their number, and with it the memory.</param>
internal sealed class StrongPixels(int most = int.MaxValue)
{
    /// <summary>Memory of one.</summary>
    public const int BytesEach = sizeof(int) + sizeof(uint);

    private int[] _indices = new int[4096];
    private uint[] _values = new uint[4096];

    public int Count { get; private set; }

    /// <summary>Position in the image, y·width + x, ascending.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    public ReadOnlySpan<uint> Values => _values.AsSpan(0, Count);

    /// <summary>True if there were more than are kept.</summary>
    public bool HasMore { get; private set; }

    public void Clear() => (Count, HasMore) = (0, false);

    /// <summary>Adds one; positions must ascend.</summary>
    public void Add(int index, uint value)
    {
        if (Count == _indices.Length && !TryGrow())
        {
            HasMore = true;
            return;
        }

        _indices[Count] = index;
        _values[Count] = value;
        Count++;
    }

    private bool TryGrow()
    {
        int length = (int)Math.Min(Math.Max(most, 1), 2L * Count);
        if (length <= Count)
        {
            return false;
        }

        Array.Resize(ref _indices, length);
        Array.Resize(ref _values, length);
        return true;
    }
}
