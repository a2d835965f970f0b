using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <summary>Returns the git entry of an entry: content of git, or a key. Only small text files are read. For one thread.</summary>
/// <param name="ids">The git ids of content that was read before.</param>
internal sealed class RuledEntries(PermanentVersionService versions, BlobIds ids, SiteDataset dataset, Action<AnnexKey>? made = null)
{
    private readonly ContentRule _rule = ContentRule.From(dataset);
    private readonly AnnexLink _link = new();

    /// <param name="path">The path; that of a directory ends in a slash.</param>
    /// <param name="entry">The entry at the path; null for a directory.</param>
    public bool MayHave(string path, Entry? entry)
    {
        string name = NameOf(path);
        return GitNames.IsAllowed(name) || (entry is not null && _rule.IsModules(path, entry));
    }

    /// <summary>Makes the entry, and gives its blob to a sink; null for what git cannot have.</summary>
    public async ValueTask<GitEntry?> WriteAsync(Entry entry, string path, int depth, IObjectSink sink, CancellationToken ct)
    {
        string name = NameOf(path);
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (entry.Kind == EntryKind.SymbolicLink)
        {
            return new GitEntry(GitEntryKind.Link, bytes, sink.WriteBlob(Encoding.UTF8.GetBytes(entry.Target!)));
        }

        if (entry.Kind != EntryKind.File)
        {
            return null;
        }

        if (_rule.IsModules(path, entry)
            && !ModulesFile.IsHarmless(await versions.ReadAsync(dataset.Id, entry.Hash, ContentRule.MaxSettingsBytes, ct)))
        {
            return null;
        }

        if (_rule.IsGitContent(path, entry))
        {
            ObjectId content = await WriteContentAsync(entry, sink, ct);
            return new GitEntry(entry.Executable ? GitEntryKind.Executable : GitEntryKind.File, bytes, content);
        }

        var key = AnnexKey.From(entry, name);
        ObjectId id = entry.Executable ? _link.WritePointer(key) : _link.WriteLink(key, depth);
        if (sink.Needs(id))
        {
            sink.Write(ObjectKind.Blob, id, _link.Content);
        }

        made?.Invoke(key);
        return new GitEntry(entry.Executable ? GitEntryKind.Executable : GitEntryKind.Link, bytes, id);
    }

    private static string NameOf(string path)
    {
        string plain = path.TrimEnd('/');
        return plain[(plain.LastIndexOf('/') + 1)..];
    }

    private async ValueTask<ObjectId> WriteContentAsync(Entry entry, IObjectSink sink, CancellationToken ct)
    {
        if (ids.Find(entry.Hash) is { } known && !sink.Needs(known))
        {
            return known;
        }

        byte[] content = await versions.ReadAsync(dataset.Id, entry.Hash, ContentRule.MaxSettingsBytes, ct);
        ObjectId id = sink.WriteBlob(content);
        ids.Set(entry.Hash, id);
        return id;
    }
}
