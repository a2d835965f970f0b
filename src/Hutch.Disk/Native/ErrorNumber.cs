namespace Hutch.Disk.Native;

/// <summary>Error numbers of the C library that mean something to us (asm-generic/errno.h).</summary>
internal static class ErrorNumber
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int NoAccess = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotFolder = 20;
    public const int IsFolder = 21;
    public const int Invalid = 22;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int TooManyNames = 31;
    public const int NoSystemCall = 38;
    public const int NotEmpty = 39;
    public const int SymbolicLinks = 40;
    public const int NotSupported = 95;
    public const int Quota = 122;
}
