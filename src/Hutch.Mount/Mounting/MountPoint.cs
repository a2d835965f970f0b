using System.Runtime.Versioning;

namespace Hutch.Mount.Mounting;

/// <summary>The folder of a mount.</summary>
[SupportedOSPlatform("linux")]
public static class MountPoint
{
    // ENOTCONN and ECONNABORTED: the process of the mount has ended, or just ends.
    private const int NotConnected = 107;
    private const int Aborted = 103;

    /// <summary>Makes a folder ready: removes a mount whose process ended without unmounting, and makes the folder if need be.</summary>
    /// <returns>The real path.</returns>
    internal static async Task<string> PrepareAsync(string folder, Action<string> notice, CancellationToken cancellationToken)
    {
        if (IsStale(folder))
        {
            notice($"The process of an earlier mount on {Display.Quote(folder)} ended without unmounting it. It is unmounted now.");
            if (await FuserMount.UnmountAsync(folder, whileInUse: true, cancellationToken) is { } error)
            {
                throw error.ToException();
            }
        }

        SmallFile.MakeFolder(folder);
        string real = RealPath.Resolve(folder) ?? folder;
        if (IsMounted(real))
        {
            throw (ErrorCode.Conflict with { Advice = $"Use it, or unmount it: `hutch unmount {folder}`." })
                .With($"A dataset is already mounted on {Display.Quote(folder)}.").ToException();
        }

        using FolderHandle open = FolderHandle.Open(real);
        return open.List(static (_, _) => false)
            ? real
            : throw (ErrorCode.Conflict with { Advice = "Name an empty or a new folder." })
                .With($"{Display.Quote(folder)} is not empty; a mount would hide what is in it.").ToException();
    }

    /// <summary>Returns true if a dataset is mounted on a folder.</summary>
    public static bool IsMounted(string folder) =>
        Disk.MountFacts.Read(folder) is { } mount && mount.Point == folder && mount.Kind == FuserMount.MountType;

    /// <summary>Unmounts a dataset.</summary>
    /// <param name="whileInUse">True to take it out of the tree at once, even if programs have files of it open.</param>
    public static async Task UnmountAsync(string folder, bool whileInUse, CancellationToken cancellationToken)
    {
        string real = RealPath.Resolve(folder) ?? folder; // null also for a dead mount
        if (!IsMounted(real))
        {
            throw (ErrorCode.NotFound with { Advice = "`findmnt -t fuse.hutch` lists the mounted datasets." })
                .With($"No dataset is mounted on {Display.Quote(folder)}.").ToException();
        }

        if (await FuserMount.UnmountAsync(real, whileInUse, cancellationToken) is { } error)
        {
            throw error.ToException();
        }
    }

    // The kernel may report the status of a dead folder from its cache. The status of the file system needs the process, but no
    // request to the server.
    private static bool IsStale(string folder)
    {
        try
        {
            if (FileFacts.Read(folder) is not null)
            {
                _ = LocalDisk.Instance.Space(folder);
            }

            return false;
        }
        catch (IOException e) when (e.HResult is NotConnected or Aborted)
        {
            return true;
        }
    }
}
