namespace Hutch.Disk.Folders;

/// <summary>A file that is written piece by piece without its name, and then takes the place of another, or makes it, at once.</summary>
public sealed class FileReplacement : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly FolderHandle _folder;
    private readonly UnpublishedFile _file;
    private readonly string _path;

    /// <param name="mode">Permissions, less the user's mask.</param>
    public FileReplacement(string path, int mode = SmallFile.Shared)
    {
        _path = Path.GetFullPath(path);
        _folder = FolderHandle.Open(Path.GetDirectoryName(_path)!);
        _file = UnpublishedFile.Create(_folder, $".{Path.GetFileName(_path)}.new-", mode);
        Stream = new FileStream(_file.File, FileAccess.Write, BufferBytes);
    }

    public Stream Stream { get; }

    /// <summary>Puts it in its place: a reader sees the old or the new bytes.</summary>
    /// <param name="durable">
    /// True if that holds after a power loss too, and this returns when the bytes are durable; false for what may be lost then: the file
    /// may be empty or cut.
    /// </param>
    public void Publish(bool durable)
    {
        Stream.Flush();
        if (durable)
        {
            RandomAccess.FlushToDisk(_file.File);
        }

        if (!_file.TryPublish(Path.GetFileName(_path)))
        {
            throw new IOException($"'{_path}' cannot be replaced: it is a non-empty folder.");
        }

        if (durable)
        {
            _folder.Sync();
        }
    }

    /// <summary>Lets go of the file; one that was not published is gone.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }
}
