namespace Hutch.Disk;

/// <summary>Recognizes failures for want of space, or of a user's share of it.</summary>
public static class FullDisk
{
    // ENOSPC and EDQUOT of Linux, EDQUOT of macOS.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int QuotaExceededOnMac = 69;

    // ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL, as .NET reports them.
    private const int WindowsDisk = unchecked((int)0x80070070);
    private const int WindowsHandle = unchecked((int)0x80070027);

    /// <summary>Returns true if this failure is a full disk.</summary>
    public static bool IsCauseOf(IOException failure) =>
        failure?.HResult is NoSpaceLeft or QuotaExceeded or QuotaExceededOnMac or WindowsDisk or WindowsHandle;
}
