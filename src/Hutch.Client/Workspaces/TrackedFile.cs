namespace Hutch.Client.Workspaces;

/// <summary>An item of the working directory on its way to being compared and pushed; or an item of the base that it has not.</summary>
internal sealed class TrackedFile(LocalItem item, EntryInfo? before)
{
    internal LocalItem Item { get; set; } = item;

    internal EntryInfo? Before { get; } = before;

    /// <summary>Null until it is known.</summary>
    internal BlobHash? Hash { get; set; }

    /// <summary>Its recorded permissions; null for those of a new file.</summary>
    internal int? RestrictedMode { get; init; }

    /// <summary>False on a disk without permissions: those of the base stay.</summary>
    internal bool HasMode { get; init; } = true;

    /// <summary>
    /// True if it was still changing at the last read, another program locks it, or no dataset can store it: the entry of the base stays.
    /// </summary>
    internal bool Unstable { get; set; }

    /// <summary>True if it is <see cref="Unstable"/> because another program has it open and lets no one read it.</summary>
    internal bool InUse { get; set; }

    /// <summary>True if the dataset has it as it is: only the base must learn that.</summary>
    internal bool IsThere { get; set; }

    /// <summary>True if it vanished, since the base was made or during the scan.</summary>
    internal bool Gone { get; set; }

    /// <summary>Of a placeholder that was moved: the entry of the base with its bytes.</summary>
    internal EntryInfo? Origin { get; set; }

    /// <summary>True for a file whose bytes are local.</summary>
    internal bool IsFile => Item.Kind == LocalKind.File && !Gone;

    /// <summary>True for bytes that are not hashed.</summary>
    internal bool IsUnread => IsFile && Hash is null;

    /// <summary>True if it is a link to bytes that the base has at another path, if anywhere.</summary>
    internal bool IsMoved => Item.Kind is LocalKind.Placeholder or LocalKind.Cached && Before?.Hash != Item.Hash;

    /// <summary>The entry it makes; null for none or an unknown hash. Type and user metadata set by a door stay with the path.</summary>
    internal EntryInfo? Entry => Gone ? null : Item.Kind switch
    {
        LocalKind.Link =>
            new EntryInfo { Path = Item.Path, Kind = EntryKinds.Link, Target = Item.Target, Modified = Item.Status.ModifiedNanoseconds },
        LocalKind.EmptyFolder => new EntryInfo { Path = Item.Path, Kind = EntryKinds.Directory },
        LocalKind.File => Hash is null
            ? null
            : FileEntry(Hash.Value, Item.Status.Size, Item.Status.ModifiedNanoseconds, Executable, RestrictedMode),
        _ => IsMoved ? Moved() : Before,
    };

    /// <summary>True if the owner may execute it.</summary>
    internal bool Executable => HasMode ? Item.Status.Executable : Before?.Executable ?? false;

    internal bool Differs => !Unstable && !Entry.IsSameAs(Before);

    /// <summary>An entry of the base without a file in the working directory.</summary>
    internal static TrackedFile Missing(EntryInfo before) =>
        new(new LocalItem(before.Path, before.Path, LocalKind.File, default), before) { Gone = true };

    private EntryInfo Moved() => Origin is { } origin
        ? FileEntry(Item.Hash, origin.Size ?? 0, origin.Modified ?? 0, origin.Executable ?? false, origin.RestrictedMode())
        : throw ErrorCode.BlobNotNameable.With(
            $"{Display.Quote(Item.LocalPath)} is a placeholder for data that the dataset does not have; remove it, "
            + "or replace it with the original file.")
            .ToException();

    private EntryInfo FileEntry(BlobHash hash, long size, long modified, bool executable, int? keptMode) => new()
    {
        Path = Item.Path,
        Kind = EntryKinds.File,
        Hash = hash,
        Size = size,
        Modified = modified,
        Executable = executable ? true : null,
        ContentType = Before?.ContentType,
        Metadata = (Before?.Metadata).With(keptMode),
    };
}
