using System.Buffers.Binary;
using System.IO.Compression;

namespace Hutch.DataLad.Packs;

/// <summary>Writes the content of objects as zlib streams. Content too short to shrink is stored uncompressed (RFC 1951, 3.2.4).</summary>
internal sealed class ZlibWriter : IDisposable
{
    private const int StoredBelowBytes = 100;

    private readonly MemoryStream _buffer = new(4096);

    /// <summary>Compresses; the result is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> content)
    {
        _buffer.SetLength(0);
        if (content.Length < StoredBelowBytes)
        {
            Store(content);
        }
        else
        {
            using var zlib = new ZLibStream(_buffer, CompressionLevel.Fastest, leaveOpen: true);
            zlib.Write(content);
        }

        return _buffer.GetBuffer().AsMemory(0, (int)_buffer.Length);
    }

    public void Dispose() => _buffer.Dispose();

    private void Store(ReadOnlySpan<byte> content)
    {
        Span<byte> head = [0x78, 0x01, 0x01, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head[5..], (ushort)~content.Length);
        _buffer.Write(head);
        _buffer.Write(content);
        Span<byte> sum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Adler32.Compute(content));
        _buffer.Write(sum);
    }
}
