using System.Buffers.Binary;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>Whose a file or folder is, and who may do what with it.</summary>
/// <param name="Owner">The number of its user.</param>
/// <param name="Mode">Who may read, write and enter it.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Modified">When its content was changed last.</param>
public readonly record struct FileFacts(uint Owner, UnixFileMode Mode, bool IsFolder, DateTimeOffset Modified)
{
    // linux/fcntl.h and linux/stat.h.
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7FF;
    private const int StatusBytes = 256;
    private const int TypeMask = 0xF000;
    private const int FolderType = 0x4000;

    /// <summary>The number of the user that this process works as.</summary>
    public static uint CurrentUser => LibC.EffectiveUser();

    /// <summary>Whether others than the owner can read it.</summary>
    public bool IsOpenToOthers => (Mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>The facts about a path, links not followed; null when nothing is there.</summary>
    public static FileFacts? Of(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        if (LibC.Statx(CurrentFolder, path, NoFollow, BasicStats, status) != 0)
        {
            return LibC.LastError("Cannot look at", path) is FileNotFoundException ? null : throw LibC.LastError("Cannot look at", path);
        }

        int mode = BinaryPrimitives.ReadUInt16LittleEndian(status[28..]);
        return new FileFacts(
            BinaryPrimitives.ReadUInt32LittleEndian(status[20..]),
            (UnixFileMode)(mode & 0xFFF),
            (mode & TypeMask) == FolderType,
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64LittleEndian(status[112..])));
    }
}
