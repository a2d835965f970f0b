namespace Hutch.Model;

public static class EntryRules
{
    /// <summary>The most bytes of a link's target in UTF-8.</summary>
    public const int MaxTargetBytes = 4096;

    public const int MaxContentTypeBytes = 255;

    /// <summary>The most bytes in UTF-8 of all names and values of the user metadata together.</summary>
    public const int MaxUserMetadataBytes = 8192;

    public const int MaxUserMetadataNames = 256;

    /// <summary>Checks an entry; the error (<see cref="ErrorCode.InvalidBody"/>) names the broken rule.</summary>
    public static Result<Done> Check(Entry entry)
    {
        string? fault = entry.Kind switch
        {
            EntryKind.File => FindFaultInFile(entry),
            EntryKind.SymbolicLink => FindFaultInLink(entry),
            EntryKind.EmptyDirectory => FindFileFields(entry) ?? (entry.Target is null ? null : "a directory has no target"),
            _ => "its kind is unknown",
        };
        fault ??= FindFaultInMetadata(entry);
        return fault is null ? Done.Value : ErrorCode.InvalidBody.With($"The entry is invalid: {fault}.");
    }

    /// <summary>Checks an entry at a new path, which must not be reserved.</summary>
    public static Result<Done> CheckNew(DatasetPath path, Entry entry) => ReservedNames.IsReserved(path)
        ? ErrorCode.InvalidPath.With(
            $"The path {Display.Quote(path.Value)} is reserved: '{ReservedNames.Top}' at the top of a dataset is for Hutch's own files. "
            + "Choose another name.")
        : CheckHashed(entry);

    /// <summary>
    /// Checks an entry of a tree or of a request, which must be hashed: only files in a facility's folder can wait for their hash.
    /// </summary>
    public static Result<Done> CheckHashed(Entry entry) =>
        entry.IsPending ? ErrorCode.InvalidBody.With("The entry is invalid: it has no hash yet.") : Check(entry);

    private static string? FindFaultInFile(Entry entry)
    {
        if (entry.Size < 0)
        {
            return "its size is negative";
        }

        if (entry.Target is not null)
        {
            return "a file has no target";
        }

        if (entry.ContentType is { } type && !IsContentType(type))
        {
            return $"its content type must be 1 to {MaxContentTypeBytes} printable ASCII characters";
        }

        return null;
    }

    private static string? FindFaultInLink(Entry entry)
    {
        if (string.IsNullOrEmpty(entry.Target))
        {
            return "a link needs a target";
        }

        if (!IsText(entry.Target))
        {
            return "the target of the link must be valid Unicode without NUL";
        }

        if (Encoding.UTF8.GetByteCount(entry.Target) > MaxTargetBytes)
        {
            return $"the target of the link is longer than {MaxTargetBytes} bytes";
        }

        return FindFileFields(entry);
    }

    private static string? FindFileFields(Entry entry) =>
        entry.Hash != default || entry.Size != 0 || entry.IsPending || entry.Executable || entry.ContentType is not null
            ? "only a file has a hash, a size, an executable bit or a content type"
            : null;

    private static string? FindFaultInMetadata(Entry entry)
    {
        if (entry.UserMetadata is not { } metadata)
        {
            return null;
        }

        if (metadata.Count is 0 or > MaxUserMetadataNames)
        {
            return $"user metadata has between 1 and {MaxUserMetadataNames} names, or is absent";
        }

        int bytes = 0;
        foreach ((string name, string value) in metadata)
        {
            if (name.Length == 0 || !IsText(name) || !IsText(value))
            {
                return "names and values of user metadata must be valid Unicode without NUL, and no name may be empty";
            }

            bytes += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return bytes > MaxUserMetadataBytes ? $"user metadata is longer than {MaxUserMetadataBytes} bytes" : null;
    }

    private static bool IsContentType(string text) =>
        text.Length is > 0 and <= MaxContentTypeBytes && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal) && DatasetPath.IsWellFormed(text);
}
