using Hutch.Agent.Writing;
using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Agent.Tests.Writing;

/// <summary>A folder on the faulty disk.</summary>
internal sealed class FaultyFolder(FaultyDisk disk, bool canExchange) : IMetadataFolder
{
    public const string Folder = "/data/session";

    public string Path => Folder;

    public bool CannotKeepOwner { get; init; }

    public byte[]? Read(string name, int maxBytes) =>
        disk.FileExists(At(name)) ? [.. disk.ReadFile(At(name)).Take(maxBytes + 1)] : null;

    public IReadOnlyList<string> Names(string prefix) => [.. disk.FilesIn(Folder).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];

    public bool TryMakeLike(string name, ReadOnlySpan<byte> bytes, string model)
    {
        if (!disk.FileExists(At(model)))
        {
            throw new FileNotFoundException($"There is no file '{model}'.");
        }

        if (!CannotKeepOwner)
        {
            TryMake(name, bytes, 0x1FF);
        }

        return !CannotKeepOwner;
    }

    /// <summary>The mode that all files have here; null where each has its own.</summary>
    public int? ModeOfAll { get; init; }

    public bool TryMake(string name, ReadOnlySpan<byte> bytes, int mode)
    {
        if ((ModeOfAll & ~mode) is > 0)
        {
            return false;
        }

        using IDiskFile file = disk.Open(At(name), DiskAccess.CreateNew);
        file.Write(bytes, 0);
        file.Sync();
        return true;
    }

    public bool TryExchange(string name, string other)
    {
        if (canExchange)
        {
            disk.Exchange(At(name), At(other));
        }

        return canExchange;
    }

    /// <summary>
    /// Whether a new name is given in two steps, as on NFS: a link, here a copy of the file, and the removal of what has the old name then.
    /// </summary>
    public bool RenamesByLinks { get; init; }

    public bool TryRenameNew(string name, string newName)
    {
        if (!RenamesByLinks)
        {
            return disk.TryRenameNew(At(name), At(newName));
        }

        try
        {
            TryMake(newName, disk.ReadFile(At(name)), 0x1FF);
        }
        catch (IOException) when (disk.FileExists(At(newName)))
        {
            return false;
        }

        disk.Delete(At(name));
        return true;
    }

    public void Replace(string name, string other) => disk.Rename(At(name), At(other));

    public void Delete(string name) => disk.Delete(At(name));

    public void Sync() => disk.SyncFolder(Folder);

    public void Dispose()
    {
    }

    private static string At(string name) => $"{Folder}/{name}";
}
