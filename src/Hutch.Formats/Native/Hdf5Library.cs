using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Hutch.Formats.Native;

/// <summary>
/// The calls of libhdf5 that we use, under the names of 1.10, which 1.14 has too. See https://docs.hdfgroup.org/hdf5/v1_10/. One caller
/// at a time: hold <see cref="Gate"/>. Foreign files are opened in the reader process only.
/// </summary>
internal static unsafe partial class Hdf5Library
{
    public const string SharedObject = "libhdf5_serial.so.103";

    /// <summary>H5S_UNLIMITED.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    private const int WalkFromInnermost = 0;

    /// <summary>Held during every call of the library: not every build of it is thread-safe.</summary>
    public static readonly Lock Gate = new();

    private static readonly Dictionary<string, nint> Constants = new(StringComparer.Ordinal);
    private static readonly nint Library;

    private static readonly bool HasNumberedLinks;
    private static readonly bool HasLockingProperty;

    // Not a field initialiser: a static constructor also runs before the first import, so that the resolver is there in time.
    static Hdf5Library()
    {
        Library = Open();

        // From 1.12 on, the calls with the structure of 1.10 have a number, and the plain names are macros for the newest.
        HasNumberedLinks = NativeLibrary.TryGetExport(Library, nameof(H5Literate1), out _);

        // 1.10.6 and older read it only from the environment, where the parent of the reader process sets it.
        HasLockingProperty = NativeLibrary.TryGetExport(Library, nameof(H5Pset_file_locking), out _);
    }

    /// <summary>One of the library's constants, which are variables of the shared object, such as <c>H5T_NATIVE_DOUBLE_g</c>.</summary>
    public static Hdf5Id Constant(string name)
    {
        lock (Constants)
        {
            ref nint value = ref CollectionsMarshal.GetValueRefOrAddDefault(Constants, name, out bool known);
            if (!known)
            {
                value = *(nint*)NativeLibrary.GetExport(Library, name);
            }

            return Hdf5Id.Borrow(value);
        }
    }

    /// <summary>
    /// Access properties for all files: without locks. A lock of Hutch could keep a detector from writing, and one that a child process
    /// inherits would outlive the file.
    /// </summary>
    public static Hdf5Id NewUnlockedAccess()
    {
        Hdf5Id list = Check(H5Pcreate(Constant("H5P_CLS_FILE_ACCESS_ID_g")));
        if (HasLockingProperty)
        {
            Check(H5Pset_file_locking(list, 0, 1));
        }

        return list;
    }

    /// <summary>Passes a result through, or raises what the library says about the call.</summary>
    public static Hdf5Id Check(Hdf5Id id, [CallerArgumentExpression(nameof(id))] string call = "")
    {
        if (!id.IsInvalid)
        {
            return id;
        }

        string reason = LastError();
        id.Dispose();
        throw Failure(call, reason);
    }

    /// <summary>Passes a result through, or raises what the library says about the call.</summary>
    public static int Check(int status, [CallerArgumentExpression(nameof(status))] string call = "") =>
        status >= 0 ? status : throw Failure(call, LastError());

    /// <summary>Passes a result through, or raises what the library says about the call.</summary>
    public static nint Check(nint status, [CallerArgumentExpression(nameof(status))] string call = "") =>
        status >= 0 ? status : throw Failure(call, LastError());

    /// <summary>The failure of a call; a full disk is one of the disk, not of the library.</summary>
    internal static Exception Failure(string call, string reason) => FullDiskIn().Match(reason) is { Success: true } full
        ? new IOException($"Cannot write '{full.Groups["file"].Value}': No space left on device", int.Parse(
            full.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture))
        : new Hdf5Exception(CallName(call), reason);

    // ENOSPC and EDQUOT.
    [GeneratedRegex("filename = '(?<file>[^']*)'.* errno = (?<number>28|122),", RegexOptions.Singleline)]
    private static partial Regex FullDiskIn();

    /// <summary>On this thread, the library prints no errors: they go into exceptions.</summary>
    public static void SilenceErrors() => _ = H5Eset_auto2(0, null, null);

    public static string VersionText()
    {
        uint major = 0;
        uint minor = 0;
        uint release = 0;
        lock (Gate)
        {
            Check(H5get_libversion(&major, &minor, &release));
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{major}.{minor}.{release}");
    }

    [LibraryImport(SharedObject)]
    public static partial int H5get_libversion(uint* major, uint* minor, uint* release);

    [LibraryImport(SharedObject)]
    public static partial int H5open();

    [LibraryImport(SharedObject)]
    private static partial int H5dont_atexit();

    [LibraryImport(SharedObject)]
    public static partial int H5free_memory(void* memory);

    [LibraryImport(SharedObject)]
    public static partial int H5PLset_loading_state(uint pluginControlMask);

    [LibraryImport(SharedObject)]
    public static partial int H5PLget_loading_state(uint* pluginControlMask);

    [LibraryImport(SharedObject)]
    public static partial int H5Zfilter_avail(int filter);

    [LibraryImport(SharedObject)]
    public static partial int H5Idec_ref(nint id);

    [LibraryImport(SharedObject)]
    public static partial Hdf5ObjectKind H5Iget_type(Hdf5Id id);

    // Files

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Fis_hdf5(string path);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Fopen(string path, uint flags, Hdf5Id accessList);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Fcreate(string path, uint flags, Hdf5Id creationList, Hdf5Id accessList);

    [LibraryImport(SharedObject)]
    public static partial int H5Fflush(Hdf5Id file, int scope);

    // Groups, links, objects

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Gcreate2(Hdf5Id location, string name, Hdf5Id linkList, Hdf5Id creationList, Hdf5Id accessList);

    [LibraryImport(SharedObject)]
    public static partial int H5Gget_info(Hdf5Id group, Hdf5GroupInfo* info);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Oopen(Hdf5Id location, string name, Hdf5Id linkAccessList);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Lexists(Hdf5Id location, string name, Hdf5Id linkAccessList);

    public static int GetLinkInfo(Hdf5Id location, string name, Hdf5LinkInfo* info, Hdf5Id linkAccessList) => HasNumberedLinks
        ? H5Lget_info1(location, name, info, linkAccessList)
        : H5Lget_info(location, name, info, linkAccessList);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Lget_val(Hdf5Id location, string name, byte* value, nuint bytes, Hdf5Id linkAccessList);

    [LibraryImport(SharedObject)]
    public static partial int H5Lunpack_elink_val(byte* value, nuint bytes, uint* flags, byte** file, byte** path);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint H5Lget_name_by_idx(
        Hdf5Id location, string group, int index, int order, ulong n, byte* name, nuint bytes, Hdf5Id linkAccessList);

    public static int IterateLinks(
        Hdf5Id group, int index, int order, ulong* from, delegate* unmanaged<nint, byte*, Hdf5LinkInfo*, nint, int> visit, nint data) =>
        HasNumberedLinks ? H5Literate1(group, index, order, from, visit, data) : H5Literate(group, index, order, from, visit, data);

    public static int VisitLinks(
        Hdf5Id group, int index, int order, delegate* unmanaged<nint, byte*, Hdf5LinkInfo*, nint, int> visit, nint data) =>
        HasNumberedLinks ? H5Lvisit1(group, index, order, visit, data) : H5Lvisit(group, index, order, visit, data);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Lcreate_external(
        string file, string path, Hdf5Id location, string name, Hdf5Id creationList, Hdf5Id accessList);

    // Data sets

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Dcreate2(
        Hdf5Id location, string name, Hdf5Id type, Hdf5Id space, Hdf5Id linkList, Hdf5Id creationList, Hdf5Id accessList);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Dget_space(Hdf5Id dataset);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Dget_type(Hdf5Id dataset);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Dget_create_plist(Hdf5Id dataset);

    [LibraryImport(SharedObject)]
    public static partial int H5Dread(
        Hdf5Id dataset, Hdf5Id memoryType, Hdf5Id memorySpace, Hdf5Id fileSpace, Hdf5Id transferList, void* buffer);

    [LibraryImport(SharedObject)]
    public static partial int H5Dwrite(
        Hdf5Id dataset, Hdf5Id memoryType, Hdf5Id memorySpace, Hdf5Id fileSpace, Hdf5Id transferList, void* buffer);

    [LibraryImport(SharedObject)]
    public static partial int H5Dread_chunk(Hdf5Id dataset, Hdf5Id transferList, ulong* offset, uint* filterMask, void* buffer);

    [LibraryImport(SharedObject)]
    public static partial int H5Dwrite_chunk(
        Hdf5Id dataset, Hdf5Id transferList, uint filterMask, ulong* offset, nuint bytes, void* buffer);

    [LibraryImport(SharedObject)]
    public static partial int H5Dget_chunk_info_by_coord(Hdf5Id dataset, ulong* offset, uint* filterMask, ulong* address, ulong* bytes);

    // Attributes

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Aexists(Hdf5Id item, string name);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Aopen(Hdf5Id item, string name, Hdf5Id accessList);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Aopen_by_idx(
        Hdf5Id location, string item, int index, int order, ulong n, Hdf5Id accessList, Hdf5Id linkAccessList);

    [LibraryImport(SharedObject)]
    public static partial int H5Aget_num_attrs(Hdf5Id item);

    [LibraryImport(SharedObject)]
    public static partial nint H5Aget_name(Hdf5Id attribute, nuint bytes, byte* name);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Aget_space(Hdf5Id attribute);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Aget_type(Hdf5Id attribute);

    [LibraryImport(SharedObject)]
    public static partial int H5Aread(Hdf5Id attribute, Hdf5Id memoryType, void* buffer);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Hdf5Id H5Acreate2(
        Hdf5Id item, string name, Hdf5Id type, Hdf5Id space, Hdf5Id creationList, Hdf5Id accessList);

    [LibraryImport(SharedObject)]
    public static partial int H5Awrite(Hdf5Id attribute, Hdf5Id memoryType, void* buffer);

    // Spaces

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Screate(int spaceClass);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Screate_simple(int rank, ulong* dimensions, ulong* maximum);

    [LibraryImport(SharedObject)]
    public static partial int H5Sget_simple_extent_ndims(Hdf5Id space);

    [LibraryImport(SharedObject)]
    public static partial int H5Sget_simple_extent_dims(Hdf5Id space, ulong* dimensions, ulong* maximum);

    [LibraryImport(SharedObject)]
    public static partial int H5Sselect_hyperslab(Hdf5Id space, int operation, ulong* start, ulong* stride, ulong* count, ulong* block);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Selection H5Sget_select_type(Hdf5Id space);

    [LibraryImport(SharedObject)]
    public static partial int H5Sget_regular_hyperslab(Hdf5Id space, ulong* start, ulong* stride, ulong* count, ulong* block);

    [LibraryImport(SharedObject)]
    public static partial int H5Sis_regular_hyperslab(Hdf5Id space);

    // Types

    [LibraryImport(SharedObject)]
    public static partial Hdf5TypeClass H5Tget_class(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial nuint H5Tget_size(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_sign(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_order(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial nuint H5Tget_precision(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_offset(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_fields(
        Hdf5Id type, nuint* sign, nuint* exponent, nuint* exponentBits, nuint* mantissa, nuint* mantissaBits);

    [LibraryImport(SharedObject)]
    public static partial nuint H5Tget_ebias(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_norm(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tequal(Hdf5Id type, Hdf5Id other);

    [LibraryImport(SharedObject)]
    public static partial int H5Tis_variable_str(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Tcopy(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tset_size(Hdf5Id type, nuint bytes);

    [LibraryImport(SharedObject)]
    public static partial int H5Tset_strpad(Hdf5Id type, int padding);

    // Property lists

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Pcreate(Hdf5Id listClass);

    [LibraryImport(SharedObject)]
    public static partial int H5Pset_elink_cb(
        Hdf5Id list, delegate* unmanaged<byte*, byte*, byte*, byte*, uint*, nint, void*, int> callback, void* data);

    [LibraryImport(SharedObject)]
    public static partial int H5Pset_file_locking(Hdf5Id list, byte useLocking, byte ignoreWhenDisabled);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Layout H5Pget_layout(Hdf5Id list);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_fill_value(Hdf5Id list, Hdf5Id type, void* value);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_external_count(Hdf5Id list);

    [LibraryImport(SharedObject)]
    public static partial int H5Pset_chunk(Hdf5Id list, int rank, ulong* dimensions);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_chunk(Hdf5Id list, int maximumRank, ulong* dimensions);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_chunk_opts(Hdf5Id list, uint* options);

    [LibraryImport(SharedObject)]
    public static partial int H5Pset_filter(Hdf5Id list, int filter, uint flags, nuint valueCount, uint* values);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_nfilters(Hdf5Id list);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_filter2(
        Hdf5Id list, uint index, uint* flags, nuint* valueCount, uint* values, nuint nameBytes, byte* name, uint* filterConfiguration);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Pset_virtual(Hdf5Id list, Hdf5Id virtualSpace, string file, string dataset, Hdf5Id sourceSpace);

    [LibraryImport(SharedObject)]
    public static partial int H5Pget_virtual_count(Hdf5Id list, nuint* count);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Pget_virtual_vspace(Hdf5Id list, nuint index);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Pget_virtual_srcspace(Hdf5Id list, nuint index);

    [LibraryImport(SharedObject)]
    public static partial nint H5Pget_virtual_filename(Hdf5Id list, nuint index, byte* name, nuint bytes);

    [LibraryImport(SharedObject)]
    public static partial nint H5Pget_virtual_dsetname(Hdf5Id list, nuint index, byte* name, nuint bytes);

    [LibraryImport(SharedObject)]
    private static partial int H5Eset_auto2(nint stack, void* function, void* data);

    [LibraryImport(SharedObject)]
    private static partial int H5Ewalk2(
        nint stack, int direction, delegate* unmanaged<uint, Hdf5ErrorRecord*, nint, int> visit, nint data);

    private static nint Open()
    {
        NativeLibraries.Register();
        nint library = NativeLibraries.Load(SharedObject);

        // The library would close at the end of the process what a full disk kept it from closing, and crash. It is asked before it opens.
        _ = H5dont_atexit();
        _ = H5open();

        SilenceErrors();
        return library;
    }

    private static string LastError()
    {
        string? reason = null;
        GCHandle holder = GCHandle.Alloc(new StrongBox<string?>());
        try
        {
            _ = H5Ewalk2(0, WalkFromInnermost, &KeepFirst, GCHandle.ToIntPtr(holder));
            reason = ((StrongBox<string?>)holder.Target!).Value;
        }
        finally
        {
            holder.Free();
        }

        return reason ?? "the library gives no reason";
    }

    [UnmanagedCallersOnly]
    private static int KeepFirst(uint number, Hdf5ErrorRecord* record, nint data)
    {
        var box = (StrongBox<string?>)GCHandle.FromIntPtr(data).Target!;
        box.Value ??= Marshal.PtrToStringUTF8((nint)record->Description);
        return 0;
    }

    private static string CallName(string expression)
    {
        int end = expression.IndexOf('(', StringComparison.Ordinal);
        return end < 0 ? expression : expression[..end];
    }

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Tget_native_type(Hdf5Id type, int direction);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Tget_super(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_cset(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_strpad(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial byte* H5Tget_tag(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_nmembers(Hdf5Id type);

    [LibraryImport(SharedObject)]
    public static partial byte* H5Tget_member_name(Hdf5Id type, uint member);

    [LibraryImport(SharedObject)]
    public static partial Hdf5Id H5Tget_member_type(Hdf5Id type, uint member);

    [LibraryImport(SharedObject)]
    public static partial nuint H5Tget_member_offset(Hdf5Id type, uint member);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_member_value(Hdf5Id type, uint member, void* value);

    [LibraryImport(SharedObject)]
    public static partial int H5Tget_array_dims2(Hdf5Id type, ulong* lengths);

    [LibraryImport(SharedObject)]
    public static partial int H5Dvlen_reclaim(Hdf5Id type, Hdf5Id space, Hdf5Id transferList, void* buffer);

    [LibraryImport(SharedObject)]
    public static partial Hdf5SpaceClass H5Sget_simple_extent_type(Hdf5Id space);

    /// <summary>Registers a driver, in the layout of this release of the library: 1.10, or 1.14 and later.</summary>
    public static Hdf5Id Register(in Hdf5DriverCalls calls)
    {
        uint major;
        uint minor;
        uint release;
        Check(H5get_libversion(&major, &minor, &release));
        if ((major, minor) == (1, 10))
        {
            var driver = new Hdf5DriverClass { Calls = calls };
            return Check(H5FDregister(&driver));
        }

        if (major == 1 && minor < 14)
        {
            throw new Hdf5Exception(
                nameof(H5FDregister),
                $"files of the store can be read with libhdf5 1.10, 1.14 and later, and this is {major}.{minor}.{release}");
        }

        var versioned = new Hdf5VersionedDriverClass { Version = 1, Value = 256, Calls = calls };
        return Check(H5FDregister(&versioned));
    }

    [LibraryImport(SharedObject)]
    public static partial int H5Pset_driver(Hdf5Id list, Hdf5Id driver, void* settings);

    [LibraryImport(SharedObject)]
    public static partial void* H5Pget_driver_info(nint list);

    [LibraryImport(SharedObject)]
    public static partial int H5Zregister(Hdf5FilterClass* filter);

    [LibraryImport(SharedObject)]
    private static partial Hdf5Id H5FDregister(void* driver);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int H5Lget_info(Hdf5Id location, string name, Hdf5LinkInfo* info, Hdf5Id linkAccessList);

    [LibraryImport(SharedObject, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int H5Lget_info1(Hdf5Id location, string name, Hdf5LinkInfo* info, Hdf5Id linkAccessList);

    [LibraryImport(SharedObject)]
    private static partial int H5Literate(
        Hdf5Id group, int index, int order, ulong* from, delegate* unmanaged<nint, byte*, Hdf5LinkInfo*, nint, int> visit, nint data);

    [LibraryImport(SharedObject)]
    private static partial int H5Literate1(
        Hdf5Id group, int index, int order, ulong* from, delegate* unmanaged<nint, byte*, Hdf5LinkInfo*, nint, int> visit, nint data);

    [LibraryImport(SharedObject)]
    private static partial int H5Lvisit(
        Hdf5Id group, int index, int order, delegate* unmanaged<nint, byte*, Hdf5LinkInfo*, nint, int> visit, nint data);

    [LibraryImport(SharedObject)]
    private static partial int H5Lvisit1(
        Hdf5Id group, int index, int order, delegate* unmanaged<nint, byte*, Hdf5LinkInfo*, nint, int> visit, nint data);
}
