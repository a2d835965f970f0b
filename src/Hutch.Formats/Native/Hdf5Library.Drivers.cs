using System.Runtime.InteropServices;

namespace Hutch.Formats.Native;

/// <summary>The calls with which a program gives libhdf5 a file driver and filters of its own.</summary>
internal static unsafe partial class Hdf5Library
{
    private const uint DriverMajor = 1;
    private const uint DriverMinor = 10;

    /// <summary>
    /// Registers a driver. The layout of what describes one is not the same in every release: only that of 1.10 is known.
    /// </summary>
    public static Hdf5Id Register(Hdf5DriverClass* driver)
    {
        uint major;
        uint minor;
        uint release;
        Check(H5get_libversion(&major, &minor, &release));
        return (major, minor) == (DriverMajor, DriverMinor)
            ? Check(H5FDregister(driver))
            : throw new Hdf5Exception(
                nameof(H5FDregister), $"files of the store can be read with libhdf5 1.10 only, and this is {major}.{minor}.{release}");
    }

    [LibraryImport(SharedObject)]
    public static partial int H5Pset_driver(Hdf5Id list, Hdf5Id driver, void* settings);

    [LibraryImport(SharedObject)]
    public static partial void* H5Pget_driver_info(nint list);

    [LibraryImport(SharedObject)]
    public static partial int H5Zregister(Hdf5FilterClass* filter);

    [LibraryImport(SharedObject)]
    private static partial Hdf5Id H5FDregister(Hdf5DriverClass* driver);
}
