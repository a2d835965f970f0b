using Hutch.Disk.Folders;

namespace Hutch.Node.Attempts;

/// <summary>
/// The images of programs that nodes have staged, by the hash of their version, for later attempts: bounded in size, the image that was
/// used least recently goes first. Only the account of the nodes can write to it; commands see an image read-only.
/// </summary>
/// <remarks>
/// Safe for several processes. Each image has three files beside its folder: NAME.use holds its size, is locked by those that use it, and
/// its time is that of the last use; NAME.fill is locked while the image is staged; NAME.done says that it is whole.
/// </remarks>
public sealed class ImageCache(string folder, long mostBytes, TimeProvider time)
{
    private const string Use = ".use";
    private const string Fill = ".fill";
    private const string Done = ".done";
    private const string Gone = "gone-";

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Returns an image, which <paramref name="stage"/> puts into a folder if it is not there. It stays until the answer is disposed of.
    /// Null if it is too large, or if the images in use leave no room for it.
    /// </summary>
    /// <param name="root">The hash of its version.</param>
    internal async Task<CachedImage?> TakeAsync(
        BlobHash root, long bytes, Func<string, CancellationToken, Task> stage, CancellationToken ct)
    {
        if (bytes > mostBytes)
        {
            return null;
        }

        SmallFile.MakePrivateFolder(folder);
        string imagePath = Path.Combine(folder, root.ToString());
        if (await ReserveAsync(imagePath, bytes, ct) is not { } used)
        {
            return null;
        }

        try
        {
            await using FileStream filling = await LockAsync(imagePath + Fill, ct);
            if (!SmallFile.FileExists(imagePath + Done))
            {
                await StageAsync(imagePath, stage, ct);
            }

            return new CachedImage(imagePath, used);
        }
        catch
        {
            await used.DisposeAsync();
            throw;
        }
    }

    private static async Task StageAsync(string imagePath, Func<string, CancellationToken, Task> stage, CancellationToken ct)
    {
        // A node may have ended in the middle.
        SmallFile.DeleteTree(imagePath);
        try
        {
            await stage(imagePath, ct);
            SmallFile.Replace(imagePath + Done, []);
        }
        catch
        {
            SmallFile.DeleteTree(imagePath);
            throw;
        }
    }

    /// <summary>Notes that an image is in use, after others have made room for it; null if they cannot.</summary>
    private async Task<FileStream?> ReserveAsync(string imagePath, long bytes, CancellationToken ct)
    {
        FileStream? used = null;
        string everything = Path.Combine(folder, "lock");
        await using (FileStream all = await LockAsync(everything, ct))
        {
            if (TryLock(everything) is { } second)
            {
                // This file system has no locks: nothing would keep an image while it is used.
                await second.DisposeAsync();
                return null;
            }

            if (SmallFile.FileExists(imagePath + Use) || HasRoomFor(bytes))
            {
                // Shared with the other users, which is no hindrance: the size is the same.
                used = new FileStream(imagePath + Use, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
                used.Write(Encoding.ASCII.GetBytes(bytes.ToString(CultureInfo.InvariantCulture)));
                used.Flush();
                File.SetLastWriteTimeUtc(used.SafeFileHandle, time.GetUtcNow().UtcDateTime);
            }
        }

        foreach (string gone in Directory.EnumerateDirectories(folder, Gone + "*"))
        {
            DeleteTree(gone);
        }

        return used;
    }

    /// <summary>Removes images, those first that were used least recently, until there is room; false if those in use leave none.</summary>
    private bool HasRoomFor(long bytes)
    {
        (string Path, long Bytes)[] known =
        [
            .. Directory.EnumerateFiles(folder, "*" + Use).OrderBy(File.GetLastWriteTimeUtc)
                .Select(static path => (path[..^Use.Length], SizeOf(path))),
        ];
        long all = known.Sum(static one => one.Bytes);
        foreach ((string path, long size) in known)
        {
            if (all + bytes <= mostBytes)
            {
                break;
            }

            all -= TryRemove(path) ? size : 0;
        }

        return all + bytes <= mostBytes;
    }

    private bool TryRemove(string imagePath)
    {
        if (TryLock(imagePath + Use) is not { } unused)
        {
            return false;
        }

        using (unused)
        {
            // First what says that it is whole: the rest may be left by a node that is killed here.
            SmallFile.Delete(imagePath + Done);
            if (SmallFile.FolderExists(imagePath))
            {
                Directory.Move(imagePath, Path.Combine(folder, $"{Gone}{Guid.NewGuid():N}"));
            }

            SmallFile.Delete(imagePath + Fill);
            SmallFile.Delete(imagePath + Use);
        }

        return true;
    }

    private static long SizeOf(string path) =>
        SmallFile.TryRead(path) is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0;

    // Another node may be deleting the same.
    private static void DeleteTree(string path)
    {
        try
        {
            SmallFile.DeleteTree(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one tries again.
        }
    }

    private async Task<FileStream> LockAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            if (TryLock(path) is { } locked)
            {
                return locked;
            }

            await Task.Delay(LookAgain, time, ct);
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsLocked(e))
        {
            return null;
        }
    }

    // The number of the error of flock: EWOULDBLOCK.
    private static bool IsLocked(IOException e) => e.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);
}

/// <summary>An image in the cache of a node, which stays there until this is disposed of.</summary>
internal sealed class CachedImage(string path, FileStream used) : IDisposable
{
    internal string Path { get; } = path;

    public void Dispose() => used.Dispose();
}
