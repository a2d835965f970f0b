namespace Hutch.Site.Runs;

/// <summary>Which frames of a series are done or under way: one bit each, in blocks that are made as they are needed.</summary>
public sealed class FrameSet
{
    private const int BlockBits = 1 << 16;

    private readonly Dictionary<int, ulong[]> _blocks = [];

    /// <summary>Whether a frame was added.</summary>
    public bool Contains(int frame)
    {
        (int block, int bit) = Math.DivRem(frame, BlockBits);
        return _blocks.TryGetValue(block, out ulong[]? bits) && (bits[bit >> 6] & (1UL << (bit & 63))) != 0;
    }

    /// <summary>Adds a frame; false when it was there already.</summary>
    public bool Add(int frame)
    {
        (int block, int bit) = Math.DivRem(frame, BlockBits);
        if (!_blocks.TryGetValue(block, out ulong[]? bits))
        {
            bits = new ulong[BlockBits / 64];
            _blocks.Add(block, bits);
        }

        ulong flag = 1UL << (bit & 63);
        bool isNew = (bits[bit >> 6] & flag) == 0;
        bits[bit >> 6] |= flag;
        return isNew;
    }
}
