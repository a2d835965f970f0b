namespace Hutch.Mount.Protocol;

/// <summary>Error numbers in answers to the kernel (asm-generic/errno.h), the same on x64 and arm64.</summary>
internal enum FuseError
{
    None = 0,
    NoEntry = 2,
    Interrupted = 4,
    InputOutput = 5,
    NoAccess = 13,
    NotFolder = 20,
    IsFolder = 21,
    Invalid = 22,
    ReadOnly = 30,
    Range = 34,
    NameTooLong = 36,
    NotImplemented = 38,
    NoData = 61,
    Stale = 116,
}
