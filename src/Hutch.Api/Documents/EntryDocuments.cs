using System.Collections.Immutable;

namespace Hutch.Api.Documents;

internal static class EntryDocuments
{
    public static EntryInfo From(ListItem item)
    {
        if (item.Entry is not { } entry)
        {
            return new EntryInfo { Path = item.Path, Kind = EntryKinds.Prefix };
        }

        EntryInfo document = From(item.Path, entry);
        return item.IsVirtual ? document with { Hash = null } : document;
    }

    public static EntryInfo From(string path, Entry entry) => new()
    {
        Path = path,
        Kind = entry.Kind switch
        {
            EntryKind.File => EntryKinds.File,
            EntryKind.SymbolicLink => EntryKinds.Link,
            _ => EntryKinds.Directory,
        },
        Hash = entry.Kind == EntryKind.File && !entry.IsPending ? entry.Hash : null,
        Pending = entry.IsPending ? true : null,
        Size = entry.Kind == EntryKind.File ? entry.Size : null,
        Target = entry.Target,
        Modified = entry.ModifiedNanoseconds == 0 ? null : entry.ModifiedNanoseconds,
        Executable = entry.Executable ? true : null,
        ContentType = entry.ContentType,
        Metadata = entry.UserMetadata,
    };

    /// <summary>Reads the change of a push and checks every rule of paths and entries.</summary>
    public static Result<TreeChange> Read(CommitChange change)
    {
        if (!DatasetPath.Parse(change.Path).TryGet(out DatasetPath path, out HutchError? refusal))
        {
            return refusal;
        }

        if (change.Op == ChangeOperations.Delete)
        {
            return new TreeChange(path, null);
        }

        return change.Op == ChangeOperations.Put
            ? ToEntry(change, path).Then<TreeChange>(entry => new TreeChange(path, entry))
            : ErrorCode.InvalidBody.With(
                $"{Display.Quote(change.Op)} at {Display.Quote(change.Path)} is not a change: use 'put' or 'delete'.");
    }

    private static Result<Entry> ToEntry(CommitChange change, DatasetPath path)
    {
        EntryKind? kind = change.Kind switch
        {
            EntryKinds.File => EntryKind.File,
            EntryKinds.Link => EntryKind.SymbolicLink,
            EntryKinds.Directory => EntryKind.EmptyDirectory,
            _ => null,
        };
        if (kind is null)
        {
            return ErrorCode.InvalidBody.With(
                $"{Display.Quote(change.Path)} has the kind {Display.Quote(change.Kind)}: use 'file', 'link' or 'directory'.");
        }

        if (kind == EntryKind.File && (change.Hash is null || change.Size is null))
        {
            return ErrorCode.InvalidBody.With($"The file {Display.Quote(change.Path)} needs 'hash' and 'size'.");
        }

        var entry = new Entry
        {
            Kind = kind.Value,
            Hash = change.Hash ?? default,
            Size = change.Size ?? 0,
            Target = change.Target,
            ModifiedNanoseconds = change.Modified is { } modified ? EntryTime.Known(modified) : 0,
            Executable = change.Executable ?? false,
            ContentType = change.ContentType,
            UserMetadata = change.Metadata is { Count: > 0 } metadata ? metadata.ToImmutableSortedDictionary(StringComparer.Ordinal) : null,
        };
        return EntryRules.CheckNew(path, entry).Then<Entry>(_ => entry);
    }
}
