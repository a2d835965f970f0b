using Hutch.Formats.Native;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Nifti;

/// <summary>
/// The unpacked content of a gzip file, by ranges. It notes places on the way from which unpacking can restart, so that a range costs no
/// more than the way from the last of these. It stores only these, of 32 KiB each, and a page. The method is that of zran.c of zlib.
/// </summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed unsafe class GzipBytes : IFileBytes
{
    private const int PageBytes = 64 << 10;
    private const int InputBytes = 64 << 10;
    private const int WindowBytes = 32 << 10;
    private const int TrailerBytes = 8;
    private const int BlockEnds = 128;
    private const int LastBlock = 64;
    private const int BitsLeft = 7;
    private const int MaxPlaces = 1024;

    // What deflate can make of a byte at most: https://zlib.net/zlib_tech.html.
    private const int MaxRatio = 1032;

    private readonly IFileBytes _packed;
    private readonly List<Place> _places = [];
    private readonly byte[] _input = GC.AllocateArray<byte>(InputBytes, pinned: true);
    private readonly byte[] _page = GC.AllocateArray<byte>(PageBytes, pinned: true);
    private readonly Unpacker _unpacker = new();
    private readonly ZlibLibrary.Stream* _stream;
    private long _spacing = 2 << 20;
    private bool _isFramed;
    private bool _isAtEnd;
    private long _read;
    private long _pageStart;
    private int _pageLength;

    public GzipBytes(IFileBytes packed)
    {
        _packed = packed;
        _stream = _unpacker.Stream;
        _places.Add(new Place(0, 0, 0, null));
        GoTo(_places[0]);
    }

    public string Name => _packed.Name;

    public long PackedBytes => _packed.Length;

    /// <summary>The most bytes possible: the exact number is known only after all are unpacked.</summary>
    public long Length => checked(_packed.Length * MaxRatio);

    public static bool IsGzip(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]);

    public void Read(long offset, Span<byte> destination)
    {
        if (ReadAtMost(offset, destination) < destination.Length)
        {
            throw ErrorCode.UnreadableFile.With(
                $"{Name} ends after {_pageStart + _pageLength} bytes, unpacked; its header says that there are more.").ToException();
        }
    }

    /// <summary>Reads a range, or what there is of it, and returns how much that is.</summary>
    public int ReadAtMost(long offset, Span<byte> destination)
    {
        GoNear(offset);
        int done = 0;
        while (done < destination.Length)
        {
            long at = offset + done;
            if (at >= _pageStart + _pageLength)
            {
                if (!Next())
                {
                    break;
                }
            }
            else
            {
                int skip = (int)(at - _pageStart);
                int length = Math.Min(_pageLength - skip, destination.Length - done);
                _page.AsSpan(skip, length).CopyTo(destination[done..]);
                done += length;
            }
        }

        return done;
    }

    /// <summary>Goes back, or over what need not be unpacked.</summary>
    private void GoNear(long offset)
    {
        Place checkpoint = _places.FindLast(each => each.Unpacked <= offset)!;
        if (offset < _pageStart || checkpoint.Unpacked > _pageStart + _pageLength)
        {
            GoTo(checkpoint);
        }
    }

    private void GoTo(Place checkpoint)
    {
        _isFramed = checkpoint.Window is null;
        Require(ZlibLibrary.InflateReset(_stream, _isFramed ? ZlibLibrary.GzipFrame : ZlibLibrary.NoFrame));
        (_isAtEnd, _read, _pageStart, _pageLength) = (false, checkpoint.Packed, checkpoint.Unpacked, 0);
        _stream->AvailableIn = 0;
        if (checkpoint.Bits > 0)
        {
            Span<byte> before = stackalloc byte[1];
            _packed.Read(checkpoint.Packed - 1, before);
            Require(ZlibLibrary.InflatePrime(_stream, checkpoint.Bits, before[0] >> (8 - checkpoint.Bits)));
        }

        fixed (byte* window = checkpoint.Window)
        {
            if (checkpoint.Window is { Length: > 0 })
            {
                Require(ZlibLibrary.InflateSetDictionary(_stream, window, (uint)checkpoint.Window.Length));
            }
        }
    }

    private bool Next()
    {
        _pageStart += _pageLength;
        _pageLength = 0;
        while (_pageLength < PageBytes && !_isAtEnd)
        {
            Feed();
            _stream->NextOut = At(_page, _pageLength);
            _stream->AvailableOut = (uint)(PageBytes - _pageLength);
            int outcome = ZlibLibrary.Inflate(_stream, ZlibLibrary.StopAtBlocks);
            _pageLength = PageBytes - (int)_stream->AvailableOut;
            if (outcome == ZlibLibrary.StreamEnd)
            {
                EndMember();
            }
            else if (outcome == ZlibLibrary.BufferError && _stream->AvailableIn == 0 && _read == _packed.Length)
            {
                throw ErrorCode.UnreadableFile.With($"{Name} ends in the middle of what gzip packed.").ToException();
            }
            else
            {
                Require(outcome is ZlibLibrary.BufferError ? ZlibLibrary.Ok : outcome);
                Record();
            }
        }

        return _pageLength > 0;
    }

    private void Feed()
    {
        if (_stream->AvailableIn > 0)
        {
            return;
        }

        int length = (int)Math.Min(InputBytes, _packed.Length - _read);
        _packed.Read(_read, _input.AsSpan(0, length));
        _read += length;
        _stream->NextIn = At(_input, 0);
        _stream->AvailableIn = (uint)length;
    }

    /// <summary>Ends a part: a file may have several, each packed separately.</summary>
    private void EndMember()
    {
        long next = _read - _stream->AvailableIn + (_isFramed ? 0 : TrailerBytes);
        Span<byte> head = stackalloc byte[3];
        _isAtEnd = next > _packed.Length - head.Length;
        if (!_isAtEnd)
        {
            _packed.Read(next, head);
            _isAtEnd = !IsGzip(head);
        }

        Require(ZlibLibrary.InflateReset(_stream, ZlibLibrary.GzipFrame));
        (_isFramed, _read, _stream->AvailableIn) = (true, next, 0);
    }

    /// <summary>Notes where a block ends, if that is far enough from the last place; of too many, each second one goes.</summary>
    private void Record()
    {
        long here = _pageStart + _pageLength;
        if ((_stream->State & (BlockEnds | LastBlock)) != BlockEnds || here < _places[^1].Unpacked + _spacing)
        {
            return;
        }

        byte[] window = new byte[WindowBytes];
        uint bytes = 0;
        fixed (byte* target = window)
        {
            Require(ZlibLibrary.InflateGetDictionary(_stream, target, &bytes));
        }

        Array.Resize(ref window, (int)bytes);
        _places.Add(new Place(here, _read - _stream->AvailableIn, _stream->State & BitsLeft, window));
        if (_places.Count > MaxPlaces)
        {
            _spacing *= 2;
            int index = 0;
            _places.RemoveAll(_ => index++ % 2 == 1);
        }
    }

    private void Require(int outcome)
    {
        if (outcome != ZlibLibrary.Ok)
        {
            throw ErrorCode.UnreadableFile.With($"{Name} is packed by gzip, and damaged.").ToException();
        }
    }

    // The arrays stay where they are.
    private static byte* At(byte[] pinned, int index) => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, index);

    /// <param name="Unpacked">The unpacked bytes before it.</param>
    /// <param name="Packed">The packed bytes before it.</param>
    /// <param name="Bits">The number of bits of the last packed byte that belong to the following data.</param>
    /// <param name="Window">The last unpacked bytes; null at the beginning of gzip's frame.</param>
    private sealed record Place(long Unpacked, long Packed, int Bits, byte[]? Window);

    /// <summary>The state of zlib, which ends with its holder.</summary>
    private sealed class Unpacker
    {
        public Unpacker()
        {
            Stream = (ZlibLibrary.Stream*)NativeMemory.AllocZeroed((nuint)sizeof(ZlibLibrary.Stream));
            if (ZlibLibrary.InflateInit(Stream) != ZlibLibrary.Ok)
            {
                throw new InvalidOperationException("zlib does not start.");
            }
        }

        ~Unpacker()
        {
            _ = ZlibLibrary.InflateEnd(Stream);
            NativeMemory.Free(Stream);
        }

        public ZlibLibrary.Stream* Stream { get; }
    }
}
