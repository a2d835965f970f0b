namespace Hutch.Formats.Native;

/// <summary>H5FD_class_t of libhdf5 1.10 (H5FDpublic.h): what a file driver is. 280 bytes on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Hdf5DriverClass
{
    public Hdf5DriverCalls Calls;
    public Hdf5WriterCalls WriterCalls;
    public Hdf5FreeListMap FreeLists;
}

/// <summary>
/// H5FD_class_t of libhdf5 1.14 and later (H5FDdevelop.h), 336 bytes: it begins with its version, which the library checks, and has six
/// more optional calls.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Hdf5VersionedDriverClass
{
    /// <summary>H5FD_CLASS_VERSION.</summary>
    public uint Version;

    /// <summary>The driver's number; those below 256 are the library's own (H5FDdevelop.h).</summary>
    public int Value;

    public Hdf5DriverCalls Calls;
    public nint ReadVector;
    public nint WriteVector;
    public nint ReadSelection;
    public nint WriteSelection;
    public Hdf5WriterCalls WriterCalls;
    public nint Delete;
    public nint Control;
    public Hdf5FreeListMap FreeLists;
}

/// <summary>The calls of a driver up to the writing of a range: alike in all releases.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Hdf5DriverCalls
{
    public byte* Name;
    public ulong MaxAddress;
    public int CloseDegree;
    public nint Terminate;
    public nint SuperblockSize;
    public nint SuperblockEncode;
    public nint SuperblockDecode;
    public nuint SettingsBytes;
    public delegate* unmanaged<Hdf5DriverFile*, void*> GetSettings;
    public nint CopySettings;
    public nint FreeSettings;
    public nuint TransferBytes;
    public nint CopyTransfer;
    public nint FreeTransfer;
    public delegate* unmanaged<byte*, uint, nint, ulong, Hdf5DriverFile*> Open;
    public delegate* unmanaged<Hdf5DriverFile*, int> Close;
    public delegate* unmanaged<Hdf5DriverFile*, Hdf5DriverFile*, int> Compare;
    public delegate* unmanaged<Hdf5DriverFile*, nuint*, int> Query;
    public nint GetTypeMap;
    public nint Allocate;
    public nint Free;
    public delegate* unmanaged<Hdf5DriverFile*, int, ulong> GetEndOfAddresses;
    public delegate* unmanaged<Hdf5DriverFile*, int, ulong, int> SetEndOfAddresses;
    public delegate* unmanaged<Hdf5DriverFile*, int, ulong> GetEndOfFile;
    public nint GetHandle;
    public delegate* unmanaged<Hdf5DriverFile*, int, nint, ulong, nuint, byte*, int> Read;
    public delegate* unmanaged<Hdf5DriverFile*, int, nint, ulong, nuint, byte*, int> Write;
}

/// <summary>The calls of a driver for writers, which ours leaves out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Hdf5WriterCalls
{
    public nint Flush;
    public nint Truncate;
    public nint Lock;
    public nint Unlock;
}

/// <summary>H5FD_mem_t[H5FD_MEM_NTYPES]; zeros: each kind of memory has its own list.</summary>
[System.Runtime.CompilerServices.InlineArray(7)]
internal struct Hdf5FreeListMap
{
    private int _first;
}

/// <summary>H5FD_t of libhdf5 1.10 and 1.14, an open file, and behind it what our driver keeps.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Hdf5DriverFile
{
    /// <summary>The library's own part: 80 bytes.</summary>
    public LibraryPart Library;

    /// <summary>A <see cref="GCHandle"/> of the files that it is one of.</summary>
    public nint Files;

    public int Number;

    public ulong Bytes;

    public ulong EndOfAddresses;

    [System.Runtime.CompilerServices.InlineArray(10)]
    internal struct LibraryPart
    {
        private ulong _first;
    }
}

/// <summary>H5Z_class2_t (H5Zpublic.h): what a filter is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Hdf5FilterClass
{
    public int Version;
    public int Id;
    public uint HasEncoder;
    public uint HasDecoder;
    public byte* Name;
    public nint CanApply;
    public nint SetLocal;
    public delegate* unmanaged<uint, nuint, uint*, nuint, nuint*, void**, nuint> Filter;
}
