using System.Buffers;

namespace Hutch.Buckets;

/// <summary>
/// The beginning and the index of a segment, which stay on the local disk when the rest is in the bucket only. So a look-up and a start ask
/// the bucket nothing.
/// </summary>
internal static class SegmentStub
{
    /// <summary>More than the first member, which a start reads.</summary>
    private const int HeadBytes = 8192;
    private const int PieceBytes = 1 << 20;

    public static long HeadOf(StoredSegment segment) => Math.Min(HeadBytes, segment.Index);

    public static bool IsThere(IDisk disk, string path, StoredSegment segment)
    {
        if (!disk.FileExists(path))
        {
            return false;
        }

        using IDiskFile stub = disk.Open(path, DiskAccess.Read);
        return stub.Length == LengthOf(segment);
    }

    /// <summary>Writes a stub. Durable on return; a crash leaves none.</summary>
    /// <param name="read">Reads a range of the segment.</param>
    public static async ValueTask WriteAsync(
        IDisk disk, string path, StoredSegment segment, Func<long, Memory<byte>, ValueTask> read, CancellationToken ct)
    {
        string unfinished = path + ".new";
        disk.Delete(unfinished);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            using (IDiskFile stub = disk.Open(unfinished, DiskAccess.CreateNew))
            {
                long head = HeadOf(segment);
                for (long at = 0; at < LengthOf(segment);)
                {
                    long end = at < head ? head : LengthOf(segment);
                    Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(PieceBytes, end - at));
                    await read(at < head ? at : at - head + segment.Index, piece);
                    stub.Write(piece.Span, at);
                    at += piece.Length;
                }

                stub.Sync();
            }

            ct.ThrowIfCancellationRequested();
            disk.Rename(unfinished, path);
            disk.SyncFolder(Path.GetDirectoryName(path)!);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads as much of a range as the stub has from its beginning on; 0 where the bucket has it.</summary>
    public static int Read(IDiskFile stub, StoredSegment segment, Span<byte> into, long offset)
    {
        long head = HeadOf(segment);
        return offset < head ? stub.ReadFully(into[..(int)Math.Min(into.Length, head - offset)], offset)
            : offset >= segment.Index
                ? stub.ReadFully(into[..(int)Math.Min(into.Length, segment.Bytes - offset)], head + offset - segment.Index)
                : 0;
    }

    private static long LengthOf(StoredSegment segment) => HeadOf(segment) + segment.Bytes - segment.Index;
}
