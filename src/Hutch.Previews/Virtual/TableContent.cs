namespace Hutch.Previews.Virtual;

/// <summary>The bytes of a planned table: its metadata, then groups of rows, each made when its turn comes.</summary>
internal sealed class TableContent(BlobContent rows, TableFile plan) : PlannedContent<TableFile>(plan)
{
    protected override async Task<long> CopyDataAsync(PipeWriter writer, long offset, long end, CancellationToken ct)
    {
        TableGroup group = Plan.GroupAt(offset);
        int from = (int)(offset - group.FileOffset);
        int to = (int)Math.Min(end - group.FileOffset, group.Bytes);
        byte[] memory = ArrayPool<byte>.Shared.Rent(group.Bytes);
        try
        {
            group.Begin(memory.AsSpan(0, group.Bytes));
            int row = 0;
            await foreach (ReadOnlyMemory<byte> line in TableLines.ReadAsync(rows, group.RowsOffset, group.RowsEnd, ct))
            {
                group.Write(row++, line.Span, memory);
            }

            for (int at = from; at < to; at += PieceBytes)
            {
                writer.Write(memory.AsSpan(at, Math.Min(PieceBytes, to - at)));
                if ((await writer.FlushAsync(ct)).IsCompleted)
                {
                    break;
                }
            }

            return to - from;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
