using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hutch.Model.Checksums;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// A layer between SQLite and the file (a VFS) that ends each page of a database with a CRC32C of the page and its number. It computes the
/// checksum when it writes a page and compares it at every read. SQLite itself detects only damage that breaks the structure.
/// </summary>
/// <remarks>
/// SQLite can reserve space at the end of each page, and does not touch it. The layer below does everything except the reads and writes of
/// database files; the log next to them has SQLite's own checksums. SQLite's own extension for this (cksumvfs) is in no distribution's
/// library. A page that differs is SQLITE_CORRUPT, like any other damage, and not a disk error as in cksumvfs. SQLite loses the kind of a
/// disk error while it reads the schema.
/// </remarks>
internal static unsafe class PageSums
{
    public const string Layer = "hutch-page-sums";

    /// <summary>
    /// The layer below, also for databases without checksums. The whole database belongs to this process, so the shared index of the log is
    /// in its memory, not in one more file next to the database.
    /// </summary>
    public const string LayerBelow = "unix-excl";

    /// <summary>SQLite's own default; other pages are refused.</summary>
    public const int PageBytes = 4096;

    private const long MarkOfSums = 1;
    private const int SumBytes = sizeof(uint);
    private const int ShortRead = raw.SQLITE_IOERR | (2 << 8);
    private const int MainDatabase = 0x100;
    private const int ReserveBytes = 38; // SQLITE_FCNTL_RESERVE_BYTES
    private const int PlaceOfReserved = 20;
    private const int HeaderBytes = 100;
    private const int PlaceOfCharacteristics = 8; // xDeviceCharacteristics, after xWrite
    private const int ReadsPartsOfPages = 0x8000; // SQLITE_IOCAP_SUBPAGE_READ

    private static readonly Lock Once = new();

    private static VirtualFiles* _below;
    private static FileMethods* _methods;
    private static delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> _read;
    private static delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> _write;
    private static delegate* unmanaged[Cdecl]<OpenFile*, int> _characteristics;
    private static delegate* unmanaged[Cdecl]<IntPtr, byte*, int, void*, int> _control;

    public static void Register(IntPtr library)
    {
        var find = (delegate* unmanaged[Cdecl]<byte*, VirtualFiles*>)NativeLibrary.GetExport(library, "sqlite3_vfs_find");
        var register = (delegate* unmanaged[Cdecl]<VirtualFiles*, int, int>)NativeLibrary.GetExport(library, "sqlite3_vfs_register");
        _control = (delegate* unmanaged[Cdecl]<IntPtr, byte*, int, void*, int>)NativeLibrary.GetExport(library, "sqlite3_file_control");
        _below = find((byte*)Marshal.StringToCoTaskMemUTF8(LayerBelow));
        if (_below is null)
        {
            throw new CatalogException(
                $"This build of SQLite has no '{LayerBelow}'. Install the system's package {SqliteLibrary.Package}.");
        }

        // For the life of the process. All but xOpen is taken over, so that it works on the files of the layer below.
        var layer = (VirtualFiles*)NativeMemory.Alloc((nuint)sizeof(VirtualFiles));
        *layer = *_below;
        layer->Next = null;
        layer->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Layer);
        layer->Open = &Open;
        if (register(layer, 0) != raw.SQLITE_OK)
        {
            throw new CatalogException("SQLite does not take the layer that sums its pages.");
        }
    }

    /// <summary>
    /// Reserves space for checksums in the pages of a new database; must be called before anything is written. Throws
    /// <see cref="CatalogException"/> when SQLite is too old for this.
    /// </summary>
    public static void Reserve(sqlite3 connection)
    {
        int bytes = SumBytes;
        fixed (byte* main = "main\0"u8)
        {
            if (_control(connection.DangerousGetHandle(), main, ReserveBytes, &bytes) != raw.SQLITE_OK)
            {
                throw new CatalogException(
                    $"SQLite {SqliteLibrary.EnsureLoaded()} is too old. Install version 3.34 or later ({SqliteLibrary.Package}).");
            }
        }
    }

    /// <summary>Returns true if the header of a file says that its pages have no checksums. Those of a new file will have them.</summary>
    /// <remarks>This process must not have it open: closing a file releases all locks of the process on it.</remarks>
    public static bool Lacks(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) >= HeaderBytes && header[PlaceOfReserved] != SumBytes;
    }

    /// <summary>
    /// Notes in a database that its pages have checksums. Its header says so too, but a flipped bit there must not disable them.
    /// </summary>
    public static void Mark(SqliteSession session) => session.Execute($"PRAGMA user_version={MarkOfSums}");

    public static bool IsMarked(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return command.ExecuteScalar() is MarkOfSums;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(VirtualFiles* layer, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        int code = _below->Open(_below, name, file, flags, outFlags);
        if (code == raw.SQLITE_OK && (flags & MainDatabase) != 0)
        {
            file->Methods = Summing(file->Methods);
        }

        return code;
    }

    /// <summary>Returns the methods of the layer below, with three of them replaced.</summary>
    private static FileMethods* Summing(FileMethods* below)
    {
        lock (Once)
        {
            if (_methods is null)
            {
                var methods = (FileMethods*)NativeMemory.Alloc((nuint)sizeof(FileMethods));
                *methods = *below;
                methods->Version = Math.Min(below->Version, 2); // from 3 on SQLite may map the file, and read past this layer
                methods->Read = &Read;
                methods->Write = &Write;
                methods->Others[PlaceOfCharacteristics] = (IntPtr)(delegate* unmanaged[Cdecl]<OpenFile*, int>)&Characteristics;
                _read = below->Read;
                _write = below->Write;
                _characteristics = (delegate* unmanaged[Cdecl]<OpenFile*, int>)below->Others[PlaceOfCharacteristics];
                _methods = methods;
            }

            return _methods;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, byte* buffer, int length, long offset)
    {
        if (IsPage(length, offset))
        {
            return ReadPage(file, buffer, offset);
        }

        if (offset + length <= HeaderBytes)
        {
            return _read(file, buffer, length, offset); // the header alone, which SQLite reads before it knows the length of pages
        }

        // A part of a long value (SQLITE_DIRECT_OVERFLOW_READ, the default since 3.45).
        long inPage = offset % PageBytes;
        if (inPage + length > PageBytes)
        {
            return raw.SQLITE_CORRUPT;
        }

        byte* page = stackalloc byte[PageBytes];
        int code = ReadPage(file, page, offset - inPage);
        new ReadOnlySpan<byte>(page + inPage, length).CopyTo(new Span<byte>(buffer, length));
        return code;
    }

    private static int ReadPage(OpenFile* file, byte* page, long offset)
    {
        int code = _read(file, page, PageBytes, offset);
        return code switch
        {
            raw.SQLITE_OK => SumOf(page, offset) == StoredSum(page) ? code : raw.SQLITE_CORRUPT,
            ShortRead => offset == 0 && *page == 0 ? code : raw.SQLITE_CORRUPT, // only a new file has no page where SQLite expects one
            _ => code,
        };
    }

    /// <summary>Reads of whole pages need no copy: SQLite from 3.48 on reads parts only if the file says that it can.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Characteristics(OpenFile* file) => _characteristics(file) & ~ReadsPartsOfPages;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, byte* buffer, int length, long offset)
    {
        if (!IsPage(length, offset))
        {
            return raw.SQLITE_IOERR;
        }

        byte* page = stackalloc byte[PageBytes];
        new ReadOnlySpan<byte>(buffer, PageBytes - SumBytes).CopyTo(new Span<byte>(page, PageBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(page + PageBytes - SumBytes, SumBytes), SumOf(page, offset));
        return _write(file, page, PageBytes, offset);
    }

    private static bool IsPage(int length, long offset) => length == PageBytes && offset % PageBytes == 0;

    /// <summary>Computes the checksum with the page's number first, so that a page in another page's position is damage too.</summary>
    private static uint SumOf(byte* page, long offset) =>
        Checksum.Append((uint)(offset / PageBytes) + 1, new ReadOnlySpan<byte>(page, PageBytes - SumBytes));

    private static uint StoredSum(byte* page) =>
        BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(page + PageBytes - SumBytes, SumBytes));

    /// <summary>sqlite3_vfs; members that are only passed on are grouped.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct VirtualFiles
    {
        public int Version;
        public int FileBytes;
        public int LongestPath;
        public VirtualFiles* Next;
        public byte* Name;
        public void* Data;
        public delegate* unmanaged[Cdecl]<VirtualFiles*, byte*, OpenFile*, int, int*, int> Open;
        public PassedOn15 Others;
    }

    /// <summary>sqlite3_file, followed by the file data of the layer below.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFile
    {
        public FileMethods* Methods;
    }

    /// <summary>sqlite3_io_methods, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileMethods
    {
        public int Version;
        public void* Close;
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Write;
        public PassedOn15 Others;
    }

    /// <summary>The addresses of unchanged functions.</summary>
    [InlineArray(15)]
    private struct PassedOn15
    {
        private IntPtr _first;
    }
}
