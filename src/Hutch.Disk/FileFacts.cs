using Hutch.Disk.Folders;
using Hutch.Disk.Native;

namespace Hutch.Disk;

public readonly record struct FileFacts(uint Owner, UnixFileMode Mode, bool IsFolder, DateTimeOffset Modified)
{
    /// <summary>The number of the user that this process works as.</summary>
    public static uint CurrentUser => LibC.EffectiveUser();

    public bool IsOpenToOthers => (Mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>The facts about a path, links not followed; null when nothing is there.</summary>
    public static FileFacts? Read(string path)
    {
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        if (LibC.Statx(LibC.AtCurrentFolder, path, LibC.AtNoFollow, LibC.StatxBasic, buffer) != 0)
        {
            return NativeFailure.Number == ErrorNumber.NoEntry ? null : throw NativeFailure.Last("stat", path);
        }

        FileStatus status = FileStatus.Read(buffer);
        return new FileFacts(
            status.Owner,
            (UnixFileMode)status.Mode,
            status.Type == FileType.Folder,
            DateTimeOffset.UnixEpoch.AddTicks(status.ModifiedNanoseconds / TimeSpan.NanosecondsPerTick));
    }
}
