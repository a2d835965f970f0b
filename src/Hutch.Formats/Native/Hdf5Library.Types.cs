using System.Runtime.InteropServices;

namespace Hutch.Formats.Native;

internal static unsafe partial class Hdf5Library
{
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
}
