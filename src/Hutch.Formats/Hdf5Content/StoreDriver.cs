using Hutch.Disk;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// The driver through which libhdf5 reads the files of a dataset. The library passes names to it (those of external links and virtual data
/// sets among them) and reads ranges from it. No name reaches the file system.
/// </summary>
/// <remarks>
/// "External storage" is the one thing that the library opens past its drivers. A reader of a data set can see that it has some, but not
/// that a source of a virtual one has. So while the library reads a virtual data set, the process may open nothing, except in Hutch's code.
/// </remarks>
internal sealed unsafe class StoreDriver : IDisposable
{
    private const ulong MaxAddress = long.MaxValue;
    private const int CloseWhenLastIsClosed = 1;
    private const uint ForWriting = 1;

    // H5FD_FEAT_DATA_SIEVE, H5FD_FEAT_SUPPORTS_SWMR_IO
    private const nuint Features = 0x8 | 0x1000;

    private readonly IFileRanges _files;
    private readonly BlockCache _blocks;
    private readonly Hdf5Id _driver;
    private GCHandle _self;

    public StoreDriver(IFileRanges files, BlockCache blocks)
    {
        _files = files;
        _blocks = blocks;
        _self = GCHandle.Alloc(this);
        var calls = new Hdf5DriverCalls
        {
            Name = Text("hutch\0"u8),
            MaxAddress = MaxAddress,
            CloseDegree = CloseWhenLastIsClosed,
            SettingsBytes = (nuint)sizeof(nint),
            GetSettings = &GetSettings,
            Open = &Open,
            Close = &Close,
            Compare = &Compare,
            Query = &Query,
            GetEndOfAddresses = &GetEndOfAddresses,
            SetEndOfAddresses = &SetEndOfAddresses,
            GetEndOfFile = &GetEndOfFile,
            Read = &Read,
            Write = &Write,
        };
        _driver = Hdf5Library.Register(calls);
    }

    /// <summary>The error of a failed read since the last <see cref="Remove"/>, if any: the library's reason is less precise.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Begins anew to remember failures.</summary>
    public void Remove() => Failure = null;

    /// <summary>A list of properties with which files are opened through this driver, and those that their links name, too.</summary>
    public Hdf5Id NewAccess()
    {
        Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Pcreate(Hdf5Library.Constant("H5P_CLS_FILE_ACCESS_ID_g")));
        nint self = GCHandle.ToIntPtr(_self);
        Hdf5Library.Check(Hdf5Library.H5Pset_driver(list, _driver, &self));
        return list;
    }

    /// <summary>
    /// Runs code in which the library reads virtual data sets. While it runs, the library can open no file past this driver.
    /// </summary>
    public static int WithoutFiles(Func<int> read)
    {
        ProcessLimits.AllowOpening(false);
        try
        {
            return read();
        }
        finally
        {
            ProcessLimits.AllowOpening(true);
        }
    }

    /// <summary>Does our own part of a call of the library, which may need files of the runtime.</summary>
    public static T WithFiles<T>(Func<T> work)
    {
        bool could = ProcessLimits.AllowOpening(true);
        try
        {
            return work();
        }
        finally
        {
            ProcessLimits.AllowOpening(could);
        }
    }

    public void Dispose()
    {
        _driver.Dispose();
        _self.Free();
    }

    private static StoreDriver From(nint handle) => (StoreDriver)GCHandle.FromIntPtr(handle).Target!;

    // The bytes of a literal stay where they are.
    private static byte* Text(ReadOnlySpan<byte> literal) =>
        (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));

    /// <summary>Does our part of a call of the library. Nothing may be thrown through it.</summary>
    private bool Try(Action work)
    {
        try
        {
            return WithFiles(() =>
            {
                work();
                return true;
            });
        }
        catch (Exception e)
        {
            Failure ??= e;
            return false;
        }
    }

    private Hdf5DriverFile* OpenFile(string path)
    {
        Hdf5DriverFile* opened = null;
        Try(() =>
        {
            if (_files.Open(path) is { } file)
            {
                opened = (Hdf5DriverFile*)NativeMemory.AllocZeroed((nuint)sizeof(Hdf5DriverFile));
                opened->Files = GCHandle.ToIntPtr(_self);
                opened->Number = file.Number;
                opened->Bytes = (ulong)file.Bytes;
            }
        });
        return opened;
    }

    private int ReadRange(Hdf5DriverFile* file, ulong offset, byte* buffer, nuint bytes) => Try(() =>
    {
        // A damaged file points past its end; there, as in any file that is shorter than its writer says, are zeros.
        var all = new Span<byte>(buffer, checked((int)bytes));
        int there = offset >= file->Bytes ? 0 : (int)Math.Min(bytes, file->Bytes - offset);
        _blocks.Read(new NumberedFile(file->Number, (long)file->Bytes), (long)offset, all[..there]);
        all[there..].Clear();
    })
        ? 0
        : -1;

    [UnmanagedCallersOnly]
    private static void* GetSettings(Hdf5DriverFile* file)
    {
        // The library frees it, with free().
        nint* settings = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
        *settings = file->Files;
        return settings;
    }

    [UnmanagedCallersOnly]
    private static Hdf5DriverFile* Open(byte* name, uint flags, nint access, ulong maxAddress)
    {
        void* settings = Hdf5Library.H5Pget_driver_info(access);
        return settings == null || (flags & ForWriting) != 0 || Marshal.PtrToStringUTF8((nint)name) is not { } path
            ? null
            : From(*(nint*)settings).OpenFile(path);
    }

    [UnmanagedCallersOnly]
    private static int Close(Hdf5DriverFile* file)
    {
        NativeMemory.Free(file);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Compare(Hdf5DriverFile* one, Hdf5DriverFile* other) => one->Number.CompareTo(other->Number);

    [UnmanagedCallersOnly]
    private static int Query(Hdf5DriverFile* file, nuint* flags)
    {
        *flags = Features;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static ulong GetEndOfAddresses(Hdf5DriverFile* file, int kind) => file->EndOfAddresses;

    [UnmanagedCallersOnly]
    private static int SetEndOfAddresses(Hdf5DriverFile* file, int kind, ulong end)
    {
        file->EndOfAddresses = end;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static ulong GetEndOfFile(Hdf5DriverFile* file, int kind) => file->Bytes;

    [UnmanagedCallersOnly]
    private static int Read(Hdf5DriverFile* file, int kind, nint transferList, ulong offset, nuint bytes, byte* buffer) =>
        From(file->Files).ReadRange(file, offset, buffer, bytes);

    [UnmanagedCallersOnly]
    private static int Write(Hdf5DriverFile* file, int kind, nint transferList, ulong offset, nuint bytes, byte* buffer) => -1;
}
