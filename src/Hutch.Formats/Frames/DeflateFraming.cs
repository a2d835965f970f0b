using System.Runtime.CompilerServices;
using Hutch.Formats.Native;

namespace Hutch.Formats.Frames;

/// <summary>HDF5's filter 1: one zlib stream (RFC 1950) over the whole chunk, optionally of byte-shuffled pixels.</summary>
internal static unsafe class DeflateFraming
{
    private const int PieceBytes = 32 * 1024;
    private const int FastLevel = 1;

    /// <summary>
    /// Unpacks to <paramref name="pixels"/>; <paramref name="stride"/> is the element size when the bytes are shuffled, else 1.
    /// </summary>
    public static FrameDecodeError Decode(ReadOnlySpan<byte> chunk, Span<byte> pixels, int stride)
    {
        ZlibLibrary.Stream stream = default;
        if (ZlibLibrary.InflateInit(&stream) != ZlibLibrary.Ok)
        {
            throw new InvalidOperationException("zlib does not start: it is out of memory, or of another major version.");
        }

        try
        {
            fixed (byte* source = chunk, target = pixels)
            {
                stream.NextIn = source;
                stream.AvailableIn = (uint)chunk.Length;
                return stride == 1 ? InflateWhole(&stream, target, pixels.Length) : InflateShuffled(&stream, pixels, stride);
            }
        }
        finally
        {
            _ = ZlibLibrary.InflateEnd(&stream);
        }
    }

    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        nuint length = (nuint)destination.Length;
        fixed (byte* source = bytes, target = destination)
        {
            int status = ZlibLibrary.Compress(target, &length, source, (nuint)bytes.Length, FastLevel);
            return status == ZlibLibrary.Ok
                ? (int)length
                : throw new ArgumentException("The destination is too small.", nameof(destination));
        }
    }

    public static int MaxEncodedLength(int bytes) => checked((int)ZlibLibrary.CompressBound((nuint)bytes));

    private static FrameDecodeError InflateWhole(ZlibLibrary.Stream* stream, byte* target, int length)
    {
        stream->NextOut = target;
        stream->AvailableOut = (uint)length;
        return Finish(stream, ZlibLibrary.Inflate(stream, ZlibLibrary.NoFlush), length);
    }

    [SkipLocalsInit]
    private static FrameDecodeError InflateShuffled(ZlibLibrary.Stream* stream, Span<byte> pixels, int stride)
    {
        byte* piece = stackalloc byte[PieceBytes];
        int done = 0;
        int status = ZlibLibrary.Ok;
        while (done < pixels.Length && status == ZlibLibrary.Ok)
        {
            int capacity = Math.Min(PieceBytes, pixels.Length - done);
            stream->NextOut = piece;
            stream->AvailableOut = (uint)capacity;
            status = ZlibLibrary.Inflate(stream, ZlibLibrary.NoFlush);
            int got = capacity - (int)stream->AvailableOut;
            ByteShuffle.Scatter(new ReadOnlySpan<byte>(piece, got), done, pixels, stride);
            done += got;
        }

        return Finish(stream, status, pixels.Length);
    }

    // The output is full and the end not yet seen: one more call with room for one byte checks that the frame ends here,
    // with its check sum.
    private static FrameDecodeError Finish(ZlibLibrary.Stream* stream, int status, int length)
    {
        if (status == ZlibLibrary.Ok && (int)stream->TotalOut == length)
        {
            byte extra;
            stream->NextOut = &extra;
            stream->AvailableOut = 1;
            status = ZlibLibrary.Inflate(stream, ZlibLibrary.NoFlush);
        }

        return status switch
        {
            ZlibLibrary.StreamEnd when (int)stream->TotalOut == length => FrameDecodeError.None,
            ZlibLibrary.StreamEnd => FrameDecodeError.SizeMismatch,
            _ when stream->TotalOut > (nuint)length => FrameDecodeError.SizeMismatch,
            _ when stream->AvailableIn == 0 => FrameDecodeError.Truncated,
            _ => FrameDecodeError.CorruptBlock,
        };
    }
}
