using System.Numerics;

namespace Hutch.Model.Analyses;

/// <summary>A set of frames of a series: one bit per frame, in blocks that are allocated on demand.</summary>
public sealed class FrameSet
{
    private const int BlockBits = 1 << 16;

    private readonly SortedDictionary<int, ulong[]> _blocks = [];

    public long Count { get; private set; }

    /// <summary>The largest frame; 0 if the set is empty.</summary>
    public int Last { get; private set; }

    /// <summary>The ranges of consecutive frames, in order.</summary>
    public IEnumerable<FrameRange> Ranges
    {
        get
        {
            FrameRange? open = null;
            foreach (int frame in InOrder())
            {
                if (open is { } range && range.Last == frame - 1)
                {
                    open = range with { Last = frame };
                    continue;
                }

                if (open is { } ended)
                {
                    yield return ended;
                }

                open = new FrameRange(frame, frame);
            }

            if (open is { } last)
            {
                yield return last;
            }
        }
    }

    /// <summary>
    /// The ranges of frames from 1 to <paramref name="last"/> that are not in the set, in order. The time depends on the number of frames
    /// in the set, not on <paramref name="last"/>.
    /// </summary>
    public IEnumerable<FrameRange> Missing(int last)
    {
        int next = 1;
        foreach (FrameRange range in Ranges.TakeWhile(range => range.First <= last))
        {
            if (range.First > next)
            {
                yield return new FrameRange(next, range.First - 1);
            }

            next = range.Last + 1;
        }

        if (next <= last)
        {
            yield return new FrameRange(next, last);
        }
    }

    public bool Contains(int frame)
    {
        (int block, int bit) = Math.DivRem(frame, BlockBits);
        return _blocks.TryGetValue(block, out ulong[]? bits) && (bits[bit >> 6] & (1UL << (bit & 63))) != 0;
    }

    /// <summary>Adds a frame; returns false if it is in the set already.</summary>
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
        Count += isNew ? 1 : 0;
        Last = Math.Max(Last, frame);
        return isNew;
    }

    private IEnumerable<int> InOrder()
    {
        foreach ((int block, ulong[] bits) in _blocks)
        {
            for (int word = 0; word < bits.Length; word++)
            {
                for (ulong left = bits[word]; left != 0; left &= left - 1)
                {
                    yield return (block * BlockBits) + (word << 6) + BitOperations.TrailingZeroCount(left);
                }
            }
        }
    }
}
