using Hutch.Disk.Native;

namespace Hutch.Disk.Folders;

/// <content>Renames that lose nothing: two names change places, or a name is given only where it is free.</content>
public sealed partial class FolderHandle
{
    /// <summary>Lets two names here change places at once; neither is ever missing. False, unchanged, if the file system cannot.</summary>
    public bool TryExchange(string name, string other)
    {
        CheckName(name);
        CheckName(other);
        if (LibC.Rename(this, name, this, other, LibC.RenameExchange) == 0)
        {
            return true;
        }

        return CannotWithFlags() ? false : throw NativeFailure.Last("exchange", Join(other));
    }

    /// <summary>
    /// Renames a file of this process in this folder. Returns false if the new name is taken. On a file system without this call and
    /// without hard links, a file created under the new name at the same moment is lost.
    /// </summary>
    public bool TryRenameNew(string name, string newName) =>
        TryRenameSafely(name, newName) ?? (Status(newName) is null && Move(name, this, newName) == MoveOutcome.Done);

    /// <summary>
    /// Renames a file of this process in this folder without ever overwriting another. Returns false if the new name is taken; null, with
    /// nothing changed, if the file system cannot guarantee that.
    /// </summary>
    public bool? TryRenameSafely(string name, string newName)
    {
        CheckName(name);
        CheckName(newName);
        if (LibC.Rename(this, name, this, newName, LibC.RenameNew) == 0)
        {
            return true;
        }

        if (NativeFailure.Number == ErrorNumber.Exists)
        {
            return false;
        }

        if (!CannotWithFlags())
        {
            throw NativeFailure.Last("rename", Join(name));
        }

        if (LibC.HardLink(this, name, this, newName, 0) == 0)
        {
            Delete(name);
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists ? false : null;
    }

    // FUSE without the newer call says ENOSYS or EINVAL, NFS EINVAL.
    private static bool CannotWithFlags() =>
        NativeFailure.Number is ErrorNumber.Invalid or ErrorNumber.NoSystemCall or ErrorNumber.NotSupported;
}
