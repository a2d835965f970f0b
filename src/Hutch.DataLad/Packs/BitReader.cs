namespace Hutch.DataLad.Packs;

/// <summary>Reads bits, the lowest of each byte first. Behind the end are zeros, and <see cref="IsOver"/> says so.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> input)
{
    private const int ByteBits = 8;

    private readonly ReadOnlySpan<byte> _input = input;
    private ulong _bits;
    private int _count;
    private int _next;

    public bool IsOver { get; private set; }

    /// <summary>Bytes that were begun.</summary>
    public readonly int Used => _next - (_count / ByteBits);

    public readonly long BitsUsed => ((long)_next * ByteBits) - _count;

    public int Peek(int bits)
    {
        while (_count < bits && _next < _input.Length)
        {
            _bits |= (ulong)_input[_next++] << _count;
            _count += ByteBits;
        }

        return (int)(_bits & ((1UL << bits) - 1));
    }

    public void Skip(int bits)
    {
        if (bits > _count)
        {
            IsOver = true;
            _bits = 0;
            _count = 0;
            return;
        }

        _bits >>= bits;
        _count -= bits;
    }

    public uint Take(int bits)
    {
        uint value = (uint)Peek(bits);
        Skip(bits);
        return value;
    }

    /// <summary>Skips to the beginning of the next byte.</summary>
    public void Align() => Skip(_count % ByteBits);

    public void Copy(Span<byte> destination)
    {
        int at = 0;
        for (; at < destination.Length && _count > 0; at++)
        {
            destination[at] = (byte)Take(ByteBits);
        }

        int rest = destination.Length - at;
        if (rest > _input.Length - _next)
        {
            IsOver = true;
            return;
        }

        _input.Slice(_next, rest).CopyTo(destination[at..]);
        _next += rest;
    }
}
