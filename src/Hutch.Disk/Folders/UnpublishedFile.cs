namespace Hutch.Disk.Folders;

/// <summary>
/// A new file that becomes visible only when it is complete. Until then it has no name where the file system supports that (O_TMPFILE), so
/// that a crash leaves nothing behind, and a temporary one in the same folder elsewhere. Either is far cheaper than a rename from another
/// folder (a sixth of the time with 10 000 small files on ext4). Not durable without a sync.
/// </summary>
public sealed class UnpublishedFile : IDisposable
{
    private static long _counter;

    private readonly FolderHandle _folder;
    private readonly string _temporaryPrefix;
    private string? _temporary;

    private UnpublishedFile(FolderHandle folder, string temporaryPrefix, SafeFileHandle file, string? temporary)
    {
        _folder = folder;
        _temporaryPrefix = temporaryPrefix;
        _temporary = temporary;
        File = file;
    }

    public SafeFileHandle File { get; }

    /// <param name="folder">Where it will be; it must stay open.</param>
    /// <param name="temporaryPrefix">How a temporary name begins, where one is needed.</param>
    /// <param name="mode">Permissions, less the user's mask.</param>
    public static UnpublishedFile Create(FolderHandle folder, string temporaryPrefix, int mode = SmallFile.Shared)
    {
        if (folder.TryCreateUnnamed(mode) is { } unnamed)
        {
            return new UnpublishedFile(folder, temporaryPrefix, unnamed, null);
        }

        string temporary = TemporaryName(temporaryPrefix);
        return new UnpublishedFile(folder, temporaryPrefix, folder.CreateFile(temporary, mode), temporary);
    }

    /// <summary>A name that no other file of ours has.</summary>
    public static string TemporaryName(string prefix) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}");

    /// <summary>Gives the file its name, replacing a file, link or empty folder. False if a folder with content is in the way.</summary>
    public bool TryPublish(string name)
    {
        if (_temporary is null)
        {
            if (_folder.TryName(File, name))
            {
                return true;
            }

            string temporary = TemporaryName(_temporaryPrefix);
            _folder.TryName(File, temporary);
            _temporary = temporary;
        }

        if (_folder.Replace(_temporary, _folder, name) != MoveOutcome.Done)
        {
            return false;
        }

        _temporary = null;
        return true;
    }

    /// <summary>Lets go of the file; one that was not published is gone.</summary>
    public void Dispose()
    {
        File.Dispose();
        if (_temporary is not null)
        {
            _folder.Delete(_temporary);
        }
    }
}
