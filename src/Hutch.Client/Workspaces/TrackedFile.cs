using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Client.Workspaces;

/// <summary>A file, link or empty folder of the working directory on its way to being compared and pushed.</summary>
internal sealed class TrackedFile(LocalItem item, EntryInfo? before)
{
    /// <summary>The file in the working directory.</summary>
    internal LocalItem Item { get; set; } = item;

    /// <summary>The entry of the base at this path.</summary>
    internal EntryInfo? Before { get; } = before;

    /// <summary>Null until it is known.</summary>
    internal BlobHash? Hash { get; set; }

    /// <summary>Whether it is as we wrote it, permissions included.</summary>
    internal bool IsAsWritten { get; init; }

    /// <summary>Whether it was still changing when we gave up: the base's entry stays.</summary>
    internal bool Unstable { get; set; }

    /// <summary>Whether it vanished in the meantime.</summary>
    internal bool Gone { get; set; }

    /// <summary>
    /// The entry it makes, or null while its hash is not known. Type and user metadata that a door set stay with the path.
    /// </summary>
    /// <param name="known">The files of the base by their hashes.</param>
    /// <param name="newFileMode">The permissions of a new file in the working directory.</param>
    internal EntryInfo? ToEntry(IReadOnlyDictionary<BlobHash, EntryInfo> known, int newFileMode) => Item.Kind switch
    {
        LocalKind.Link =>
            new EntryInfo { Path = Item.Path, Kind = EntryKinds.Link, Target = Item.Target, Modified = Item.Status.ModifiedNanoseconds },
        LocalKind.EmptyFolder => new EntryInfo { Path = Item.Path, Kind = EntryKinds.Directory },
        LocalKind.File => Hash is null
            ? null
            : FileEntry(
                Hash.Value, Item.Status.Size, Item.Status.ModifiedNanoseconds, Item.Status.Executable,
                IsAsWritten ? Before.KeptMode() : KeptMode.Find(Item.Status.Mode, newFileMode, Before.KeptMode())),
        _ => Before?.Hash == Item.Hash ? Before : Moved(known),
    };

    private EntryInfo Moved(IReadOnlyDictionary<BlobHash, EntryInfo> known) => known.TryGetValue(Item.Hash, out EntryInfo? origin)
        ? FileEntry(Item.Hash, origin.Size ?? 0, origin.Modified ?? 0, origin.Executable ?? false, origin.KeptMode())
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
