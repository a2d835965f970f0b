using Hutch.Detectors.Export;

namespace Hutch.Previews.Virtual;

/// <summary>
/// The bytes of a planned NeXus file: its metadata, then ranges of the blobs of arrays and frames, each checked as it is read.
/// </summary>
internal sealed class VirtualContent(VirtualSource source, NxMxFile plan) : PlannedContent<NxMxFile>(plan)
{
    /// <summary>Finds bytes that an entry names; throws when they are no longer stored.</summary>
    public static async Task<BlobContent> OpenAsync(VirtualSource source, string path, BlobHash hash, CancellationToken ct) =>
        await source.Blobs.FindAsync(source.Dataset, hash, ct)
            ?? throw ErrorCode.Gone.With($"The bytes of {Display.Quote(path)} are no longer stored.").ToException();

    protected override async Task<long> CopyDataAsync(PipeWriter writer, long offset, long end, CancellationToken ct)
    {
        StoredPart part = Plan.Part(Plan.PartAt(offset));
        Entry entry = await source.Tree.FindAsync(source.Root, DatasetPath.Parse(part.Path).Value, ct)
            ?? throw new InvalidOperationException($"A fixed tree lost {part.Path}.");
        BlobContent content = await OpenAsync(source, part.Path, entry.Hash, ct);
        long length = Math.Min(end, part.FileOffset + part.Bytes) - offset;
        await content.CopyToAsync(writer, part.EntryOffset + offset - part.FileOffset, length, ct);
        return length;
    }
}
