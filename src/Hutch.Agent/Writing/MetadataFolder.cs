namespace Hutch.Agent.Writing;

/// <summary>A folder on a file system. It is opened once, and links in it are not followed.</summary>
public sealed class MetadataFolder : IMetadataFolder
{
    private readonly FolderHandle _folder;

    private MetadataFolder(FolderHandle folder) => _folder = folder;

    public string Path => _folder.Path;

    /// <summary>Opens a folder by its path. Where a link has taken its place, nothing is opened: it may lead anywhere.</summary>
    /// <exception cref="IOException">There is no folder, or a link.</exception>
    public static MetadataFolder Open(string path)
    {
        using FolderHandle above = FolderHandle.Open(System.IO.Path.GetDirectoryName(path) ?? "/");
        return new MetadataFolder(
            above.TryOpenFolder(System.IO.Path.GetFileName(path))
            ?? throw new DirectoryNotFoundException($"'{path}' is no folder, or a link, which is not followed."));
    }

    /// <summary>Opens a folder that the operator names, links followed.</summary>
    public static MetadataFolder OpenFollowing(string path) => new(FolderHandle.Open(path));

    public byte[]? Read(string name, int maxBytes) => WholeFile.TryRead(_folder, name, maxBytes);

    public IReadOnlyList<string> Names(string prefix)
    {
        byte[] start = Encoding.UTF8.GetBytes(prefix);
        var names = new List<string>();
        _folder.List((name, _) =>
        {
            if (name.StartsWith(start) && FolderHandle.Decode(name) is { IsUtf8: true } entry)
            {
                names.Add(entry.Name);
            }

            return true;
        });
        return names;
    }

    public bool TryMakeLike(string name, ReadOnlySpan<byte> bytes, string model) => WholeFile.TryMakeLike(_folder, name, bytes, model);

    public bool TryMake(string name, ReadOnlySpan<byte> bytes, int mode) => WholeFile.TryMake(_folder, name, bytes, mode);

    public bool TryExchange(string name, string other) => _folder.TryExchange(name, other);

    public bool TryRenameNew(string name, string newName) => _folder.TryRenameNew(name, newName);

    public void Replace(string name, string other)
    {
        if (_folder.Move(name, _folder, other) != MoveOutcome.Done)
        {
            throw new IOException($"Cannot write '{System.IO.Path.Combine(Path, other)}': a folder has this name.");
        }
    }

    public void Delete(string name)
    {
        // In a read-only folder, a missing file need not be removed.
        if (_folder.Status(name) is not null)
        {
            _folder.Delete(name);
        }
    }

    public void Sync() => _folder.Sync();

    public void Dispose() => _folder.Dispose();
}
