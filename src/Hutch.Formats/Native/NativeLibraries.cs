using System.Collections.Frozen;
using System.Reflection;

namespace Hutch.Formats.Native;

/// <summary>
/// Finds the shared libraries that this project binds, and says which Debian package to install when one is not there (the runtime's own
/// message names only the file).
/// </summary>
internal static class NativeLibraries
{
    private static readonly FrozenDictionary<string, string> PackageOf = new Dictionary<string, string>
    {
        [Lz4Library.SharedObject] = "liblz4-1",
        [ZlibLibrary.SharedObject] = "zlib1g",
        [Hdf5Library.SharedObject] = "libhdf5-103-1",
        [ZeroMqLibrary.SharedObject] = "libzmq5",
        [GdLibrary.SharedObject] = "libgd3",
    }.ToFrozenDictionary();

    private static readonly Lock Registering = new();
    private static bool _registered;

    /// <summary>Installs the resolver. Called by the static constructor of each binding, so that it runs before the first call.</summary>
    public static void Register()
    {
        lock (Registering)
        {
            if (!_registered)
            {
                NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
                _registered = true;
            }
        }
    }

    public static nint Load(string sharedObject, string package) =>
        NativeLibrary.TryLoad(sharedObject, out nint handle)
            ? handle
            : throw ErrorCode.Unavailable.With(
                $"The library {sharedObject} is not installed: install the Debian package {package}.", "package", package).ToException();

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        PackageOf.TryGetValue(name, out string? package) ? Load(name, package) : 0;
}
