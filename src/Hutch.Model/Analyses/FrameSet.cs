using System.Numerics;

namespace Hutch.Model.Analyses;

/// <summary>A set of frames of a series: one bit each, in blocks that are made as they are needed.</summary>
public sealed class FrameSet
{
    private const int BlockBits = 1 << 16;

    private readonly SortedDictionary<int, ulong[]> _blocks = [];

    /// <summary>The number of frames.</summary>
    public long Count { get; private set; }

    /// <summary>The largest; 0 when there is none.</summary>
    public int Last { get; private set; }

    /// <summary>The ranges of frames that follow each other, in order.</summary>
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
    /// The ranges of frames from 1 to <paramref name="last"/> that were not added, in order. It takes as long as there are frames, however
    /// far away the last is.
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

    /// <summary>Returns true if a frame was added.</summary>
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
