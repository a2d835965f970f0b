namespace Hutch.Model;

/// <summary>
/// Who may read and write a file, where that is fewer than may read a new one: the metadata <c>:mode</c> of its entry, four octal digits
/// such as <c>0600</c>. It only ever takes permissions away; who may execute a file follows from the executable bit.
/// </summary>
public static class KeptMode
{
    public const string Name = ":mode";

    /// <summary>The bits that are kept: 0666.</summary>
    public const int ReadWrite = 0x1B6;

    // Who may read it, and whether its owner may write it: 0644. Whether others may write it is the business of each place.
    private const int Decisive = 0x1A4;

    private const int OwnerReads = 0x100;
    private const int EveryoneReads = 0x124;
    private const int Digits = 4;

    /// <summary>Reads it; null when there is none, or it is none of ours.</summary>
    public static int? Parse(string? text)
    {
        int mode = 0;
        foreach (char digit in text ?? "")
        {
            mode = (mode << 3) | (digit is >= '0' and <= '7' ? digit - '0' : -1);
        }

        return text is { Length: Digits } && mode >= 0 ? (mode & ReadWrite) | OwnerReads : null;
    }

    /// <summary>What is kept of a file's permissions.</summary>
    /// <param name="mode">The file's permissions.</param>
    /// <param name="newFile">Those of a new file at the same place.</param>
    /// <param name="before">What the entry kept so far: it stays while a file made from it has the permissions that this one has.</param>
    public static int? Find(int mode, int newFile, int? before)
    {
        int own = (mode & ReadWrite) | OwnerReads;
        newFile &= ReadWrite;
        return before is { } kept && (kept & newFile) == own ? kept : (newFile & Decisive & ~own) != 0 ? own : null;
    }

    /// <summary>Writes it.</summary>
    public static string Format(int mode) => Convert.ToString(mode, 8).PadLeft(Digits, '0');

    /// <summary>The permissions of a file that is made from an entry.</summary>
    /// <param name="newFile">Those of a new file.</param>
    /// <param name="kept">What the entry keeps.</param>
    /// <param name="executable">Whether those who may read it may execute it.</param>
    public static int Restore(int newFile, int? kept, bool executable)
    {
        int mode = newFile & ReadWrite & (kept ?? ReadWrite);
        return executable ? mode | ((mode & EveryoneReads) >> 2) : mode;
    }
}
