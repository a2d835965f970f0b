namespace Hutch.Model;

/// <summary>
/// Stricter read and write permissions of a file than those of a new file: the metadata <c>:mode</c> of its entry, four octal digits such
/// as <c>0600</c>. It only removes permissions. Execute permissions follow from the executable bit.
/// </summary>
public static class RestrictedMode
{
    public const string Name = ":mode";

    /// <summary>The retained bits: 0666.</summary>
    public const int ReadWrite = 0x1B6;

    // Read permissions and the owner's write permission: 0644. Write permissions of others depend on each location.
    private const int Decisive = 0x1A4;

    private const int OwnerReads = 0x100;
    private const int EveryoneReads = 0x124;
    private const int Digits = 4;

    /// <summary>Parses the value; null if there is none, or if it has another format.</summary>
    public static int? Parse(string? text)
    {
        int mode = 0;
        foreach (char digit in text ?? "")
        {
            mode = (mode << 3) | (digit is >= '0' and <= '7' ? digit - '0' : -1);
        }

        return text is { Length: Digits } && mode >= 0 ? (mode & ReadWrite) | OwnerReads : null;
    }

    /// <param name="newFile">The permissions of a new file at the same location.</param>
    /// <param name="before">
    /// The entry's mode so far. It stays while the file has the permissions that a file restored from it would have.
    /// </param>
    public static int? Find(int mode, int newFile, int? before)
    {
        int own = (mode & ReadWrite) | OwnerReads;
        newFile &= ReadWrite;
        return before is { } stored && (stored & newFile) == own ? stored : (newFile & Decisive & ~own) != 0 ? own : null;
    }

    public static string Format(int mode) => Convert.ToString(mode, 8).PadLeft(Digits, '0');

    /// <summary>The permissions of a file that is created from an entry.</summary>
    /// <param name="executable">True if users with read permission may execute it.</param>
    public static int Restore(int newFile, int? stored, bool executable)
    {
        int mode = newFile & ReadWrite & (stored ?? ReadWrite);
        return executable ? mode | ((mode & EveryoneReads) >> 2) : mode;
    }
}
