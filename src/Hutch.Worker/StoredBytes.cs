namespace Hutch.Worker;

/// <summary>Gives stored files to analyses as they come from the disk, in the memory that all large files pass through.</summary>
internal static class StoredBytes
{
    /// <summary>The bytes of a file that may have so many.</summary>
    public static Result<EntryBytes?> From(BlobContent content, string path, int maxBytes, CancellationToken cancellationToken) =>
        content.Size > maxBytes
            ? ErrorCode.TooLarge.With($"The entry {Display.Quote(path)} has {content.Size} bytes; the limit is {maxBytes}.")
            : new EntryBytes(content.Size, content.ReadAsync(0, content.Size, cancellationToken)) { Hash = content.Hash };
}
