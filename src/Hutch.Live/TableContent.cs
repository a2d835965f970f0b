using System.Buffers;
using System.IO.Pipelines;
using Hutch.Formats.Tables;
using Hutch.Site.Blobs;
using Hutch.Site.Fairness;

namespace Hutch.Live;

/// <summary>The bytes of a planned table: its metadata, then groups of rows, each made when its turn comes.</summary>
internal sealed class TableContent(BlobContent rows, TableFile plan) : IEntryContent
{
    private const int PieceBytes = 64 << 10;

    public long Size => plan.Size;

    public async Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Size);
        WorkScope.Current?.Expect(length);
        long end = offset + length;
        while (offset < Math.Min(end, plan.MetadataBytes))
        {
            int piece = (int)Math.Min(PieceBytes, Math.Min(end, plan.MetadataBytes) - offset);
            plan.ReadMetadata(offset, writer.GetSpan(piece)[..piece]);
            writer.Advance(piece);
            offset += piece;
            if ((await writer.FlushAsync(ct)).IsCompleted)
            {
                return;
            }
        }

        while (offset < end)
        {
            TableGroup group = plan.GroupAt(offset);
            long until = Math.Min(end, group.FileOffset + group.Bytes);
            if (!await CopyAsync(writer, group, (int)(offset - group.FileOffset), (int)(until - group.FileOffset), ct))
            {
                return;
            }

            offset = until;
        }
    }

    /// <returns>Whether somebody still reads.</returns>
    private async Task<bool> CopyAsync(PipeWriter writer, TableGroup group, int from, int to, CancellationToken ct)
    {
        byte[] memory = ArrayPool<byte>.Shared.Rent(group.Bytes);
        try
        {
            group.Begin(memory.AsSpan(0, group.Bytes));
            int row = 0;
            await foreach (ReadOnlyMemory<byte> line in TableLines.ReadAsync(rows, group.RowsOffset, group.RowsEnd, ct))
            {
                group.Write(row++, line.Span, memory);
            }

            for (; from < to; from += PieceBytes)
            {
                writer.Write(memory.AsSpan(from, Math.Min(PieceBytes, to - from)));
                if ((await writer.FlushAsync(ct)).IsCompleted)
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
