namespace Hutch.Analysis.Spots.Kernels;

/// <summary>The strong pixels of one image in row-major order. Grows once and is used again for every frame.</summary>
internal sealed class StrongPixels
{
    private int[] _indices = new int[4096];
    private uint[] _values = new uint[4096];

    public int Count { get; private set; }

    /// <summary>Position in the image, y·width + x, ascending.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    public ReadOnlySpan<uint> Values => _values.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>Adds one; positions must ascend.</summary>
    public void Add(int index, uint value)
    {
        if (Count == _indices.Length)
        {
            Array.Resize(ref _indices, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }

        _indices[Count] = index;
        _values[Count] = value;
        Count++;
    }
}
