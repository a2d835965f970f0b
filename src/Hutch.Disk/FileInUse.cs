namespace Hutch.Disk;

/// <summary>
/// Recognizes files that another program has open and shares with no one, or has locked a part of. Windows alone refuses so.
/// </summary>
public static class FileInUse
{
    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION, as .NET reports them.
    private const int Sharing = unchecked((int)0x80070020);
    private const int Locked = unchecked((int)0x80070021);

    /// <summary>Returns true if this failure is another program's use of the file.</summary>
    public static bool IsCauseOf(IOException failure) => failure?.HResult is Sharing or Locked;
}
