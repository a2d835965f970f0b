using Hutch.Disk.Folders;
using Hutch.Disk.Folders.Systems;

namespace Hutch.Disk;

public readonly record struct FileFacts(uint Owner, UnixFileMode Mode, bool IsFolder, DateTimeOffset Modified)
{
    /// <summary>The number of the user that this process works as.</summary>
    public static uint CurrentUser => SystemFiles.Here.CurrentUser;

    public bool IsOpenToOthers => (Mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>The facts about a path, links not followed; null when nothing is there.</summary>
    public static FileFacts? Read(string path)
    {
        if (SystemFiles.Here.Status(path, followsLinks: false) is not { } status)
        {
            return null;
        }

        return new FileFacts(
            status.Owner,
            (UnixFileMode)status.Mode,
            status.Type == FileType.Folder,
            DateTimeOffset.UnixEpoch.AddTicks(status.ModifiedNanoseconds / TimeSpan.NanosecondsPerTick));
    }

    /// <summary>The time at which a file was created, which a copy does not share; null when nothing is there.</summary>
    public static DateTimeOffset? FindCreated(string path) =>
        File.Exists(path) ? new DateTimeOffset(File.GetCreationTimeUtc(path), TimeSpan.Zero) : null;
}
