namespace Hutch.Buckets.Nearline;

/// <summary>Moves segments from the bucket to nearline storage: stored there, brought back once and compared. For one caller.</summary>
internal sealed class NearlineMover(
    IDisk inner, string dataFolder, BucketDisk disk, FolderRecord record, INearline nearline, FolderSettings settings, TimeProvider time)
{
    private const string FolderName = "moves";
    private const int PieceBytes = 8 << 20;

    private readonly NearlineSettings _nearline = settings.Nearline!;
    private readonly string _folder = MakeFolder(inner, dataFolder);

    /// <summary>Returns the segments that were not read for long enough, the oldest first.</summary>
    public IReadOnlyList<StoredSegment> FindDue()
    {
        DateTimeOffset before = time.GetUtcNow() - _nearline.After;
        return
        [
            .. record.Live.Where(segment => !segment.IsNearline && segment.Bytes >= _nearline.LeastBytes && !(segment.StoredAt > before)
                    && !WasRead(segment))
                .OrderBy(static segment => segment.Segment, StringComparer.Ordinal),
        ];
    }

    /// <summary>Stores a segment. Its object in the bucket remains until the move is noted. Repeating it does no harm.</summary>
    public async Task<StoredSegment> MoveAsync(StoredSegment segment, CancellationToken ct)
    {
        // A stop in between leaves a name, under which the same bytes are stored again.
        string name = NameOf(segment);
        string copy = Path.Combine(_folder, segment.Segment);
        string back = copy + ".back";
        try
        {
            inner.Delete(copy);
            inner.Delete(back);
            string source = disk.PathOf(segment.Segment);
            if (!inner.FileExists(source))
            {
                await CopyAsync(segment, source = copy, ct);
            }

            await disk.KeepPartsAsync(segment, source, ct);
            await nearline.PutAsync(name, source, ct);
            await nearline.StageAsync([new StagedFile(name, back)], static _ => { }, ct);
            RequireSame(segment, back);
            await nearline.ArchiveAsync(name, ct);
        }
        finally
        {
            inner.Delete(copy);
            inner.Delete(back);
        }

        return segment with { Object = name, IsNearline = true };
    }

    private bool WasRead(StoredSegment segment) =>
        disk.LastUse(segment.Segment) is var last && last != 0 && time.GetElapsedTime(last) < _nearline.After;

    private static string MakeFolder(IDisk inner, string dataFolder)
    {
        string folder = Path.Combine(dataFolder, FolderRecord.FolderName, FolderName);
        inner.CreateFolder(folder);
        foreach (string left in inner.ListFiles(folder))
        {
            inner.Delete(Path.Combine(folder, left));
        }

        return folder;
    }

    /// <summary>The name of an object is never used twice, so this is not either.</summary>
    private string NameOf(StoredSegment segment) => segment.Object[settings.Prefix.Length..].Replace('/', '-');

    private void RequireSame(StoredSegment segment, string path)
    {
        using IDiskFile? file = inner.FileExists(path) ? inner.Open(path, DiskAccess.Read) : null;
        if (file?.Length != segment.Bytes || ObjectBody.From(file, file.Length).Hash().ToString() != segment.Sha256)
        {
            throw new IOException($"{nearline.Name} did not bring back the bytes of {segment.Segment} that it got a moment ago");
        }
    }

    private async Task CopyAsync(StoredSegment segment, string path, CancellationToken ct)
    {
        using IDiskFile file = inner.Open(path, DiskAccess.CreateNew);
        var buffer = new byte[(int)Math.Min(PieceBytes, segment.Bytes)];
        for (long offset = 0; offset < segment.Bytes; offset += buffer.Length)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, segment.Bytes - offset));
            await disk.Blocks.ReadOriginAsync(segment, offset, piece, ct);
            file.Write(piece.Span, offset);
        }

        if (ObjectBody.From(file, file.Length).Hash().ToString() != segment.Sha256)
        {
            throw new IOException($"The object '{segment.Object}' has other bytes than those that were stored");
        }
    }
}
