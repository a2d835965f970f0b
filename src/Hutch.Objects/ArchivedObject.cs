namespace Hutch.Objects;

/// <summary>The state of an object that may be in an archive class.</summary>
/// <param name="StorageClass">The class; null for the usual one.</param>
/// <param name="IsRestoring">True while a restore is under way.</param>
/// <param name="IsRestored">True while a restored copy can be read.</param>
public readonly record struct ArchivedObject(long Length, string? StorageClass, bool IsRestoring, bool IsRestored)
{
    /// <summary>The object is in an archive class, and not restored. Only clients report this error.</summary>
    public static readonly ErrorCode Archived = new(
        "s3-archived", 403, "The object is in an archive class", "Restore the object, or end the rule that moved it there.");

    /// <summary>Parses the header <c>x-amz-restore</c>, such as <c>ongoing-request="false", expiry-date="…"</c>.</summary>
    public static ArchivedObject From(long length, string? storageClass, string? restore)
    {
        string? ongoing = restore?.Split(',').Select(static part => part.Split('=', 2))
            .FirstOrDefault(static part => part.Length == 2 && part[0].Trim() == "ongoing-request")?[1].Trim().Trim('"');
        return new ArchivedObject(length, storageClass, ongoing == "true", ongoing == "false");
    }
}
