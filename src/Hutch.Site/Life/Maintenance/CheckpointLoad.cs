namespace Hutch.Site.Life.Maintenance;

public static class CheckpointLoad
{
    /// <summary>
    /// Loads part by part in one transaction, replacing the previous records: everything, or nothing when a part is missing or damaged.
    /// </summary>
    /// <param name="readPart">Reads a part; null when it is missing or damaged.</param>
    /// <param name="ct">Cancels; the records are then as before.</param>
    public static async Task<bool> TryAsync(
        SiteDatabase records,
        JournalRecord.Checkpoint checkpoint,
        Func<BlobHash, CancellationToken, Task<byte[]?>> readPart,
        CancellationToken ct)
    {
        using SiteLoad load = records.BeginLoad();
        foreach (BlobHash hash in checkpoint.Parts)
        {
            if (await readPart(hash, ct) is not { } part)
            {
                return false;
            }

            int start = 0;
            for (int end = Array.IndexOf(part, (byte)'\n'); end >= 0; end = Array.IndexOf(part, (byte)'\n', start))
            {
                load.Add(part.AsMemory(start..end));
                start = end + 1;
            }
        }

        load.Complete();
        return true;
    }
}
