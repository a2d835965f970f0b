using System.IO.Pipelines;
using Hutch.Datasets.Files;
using Hutch.Formats.Export;
using Hutch.Model;
using Hutch.Site.Blobs;
using Hutch.Site.Fairness;

namespace Hutch.Live;

/// <summary>The bytes of a planned file: its metadata, then ranges of the blobs of arrays and frames, each checked as it is read.</summary>
internal sealed class VirtualContent(VirtualSource source, NxMxFile plan) : IEntryContent
{
    private const int PieceBytes = 64 << 10;

    public long Size => plan.Size;

    public async Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Size);
        WorkScope.Current?.Expect(length);
        for (long end = offset + length; offset < end;)
        {
            offset += offset < plan.MetadataBytes
                ? WriteMetadata(writer, offset, end)
                : await CopyPartAsync(writer, plan.Part(plan.PartAt(offset)), offset, end, ct);
            FlushResult flushed = await writer.FlushAsync(ct);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Finds bytes that an entry names; throws when they are no longer stored.</summary>
    public static async Task<BlobContent> OpenAsync(VirtualSource source, string path, BlobHash hash, CancellationToken ct) =>
        await source.Blobs.FindAsync(source.Dataset, hash, ct)
            ?? throw ErrorCode.Gone.With($"The bytes of {Display.Quote(path)} are no longer stored.").ToException();

    private int WriteMetadata(PipeWriter writer, long offset, long end)
    {
        int length = (int)Math.Min(PieceBytes, Math.Min(end, plan.MetadataBytes) - offset);
        plan.ReadMetadata(offset, writer.GetSpan(length)[..length]);
        writer.Advance(length);
        return length;
    }

    private async Task<long> CopyPartAsync(PipeWriter writer, StoredPart part, long offset, long end, CancellationToken ct)
    {
        Entry entry = await source.Tree.FindAsync(source.Root, DatasetPath.Parse(part.Path).Value, ct)
            ?? throw new InvalidOperationException($"A fixed tree lost {part.Path}.");
        BlobContent content = await OpenAsync(source, part.Path, entry.Hash, ct);
        long length = Math.Min(end, part.FileOffset + part.Bytes) - offset;
        await content.CopyToAsync(writer, part.EntryOffset + offset - part.FileOffset, length, ct);
        return length;
    }
}
