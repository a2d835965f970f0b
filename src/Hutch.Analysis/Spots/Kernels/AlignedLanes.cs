namespace Hutch.Analysis.Spots.Kernels;

/// <summary>Zeroed 16-bit lanes that begin at a cache line and stay where they are.</summary>
internal sealed unsafe class AlignedLanes
{
    private const int CacheLineBytes = 64;

    private readonly ushort[] _memory;

    public AlignedLanes(int count)
    {
        _memory = GC.AllocateArray<ushort>(count + (CacheLineBytes / sizeof(ushort)), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref _memory[0]);
        First = (ushort*)((start + CacheLineBytes - 1) & ~(nint)(CacheLineBytes - 1));
    }

    /// <summary>The first lane. Valid as long as this object is.</summary>
    public ushort* First { get; }

    public void Clear() => Array.Clear(_memory);
}
