using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace Hutch.Formats.Native;

/// <summary>
/// Finds the shared libraries that this project binds, and says which Debian package to install when one is not there (the runtime's own
/// message names only the file).
/// </summary>
internal static class NativeLibraries
{
    /// <summary>The other names of a library, and the packages of Debian that have it.</summary>
    private static readonly FrozenDictionary<string, (string[] Others, string Package)> Known = new Dictionary<string, (string[], string)>
    {
        [Lz4Library.SharedObject] = ([], "liblz4-1"),
        [ZlibLibrary.SharedObject] = ([], "zlib1g"),
        [Hdf5Library.SharedObject] = (
            ["libhdf5.so.103", "libhdf5_serial.so.310", "libhdf5.so.310", "libhdf5.so.200"],
            "libhdf5-103-1 (Debian 12) or libhdf5-310 (Debian 13)"),
        [ZeroMqLibrary.SharedObject] = ([], "libzmq5"),
        [GdLibrary.SharedObject] = ([], "libgd3"),
    }.ToFrozenDictionary();

    private static readonly ConcurrentDictionary<string, nint> Loaded = new(StringComparer.Ordinal);

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

    public static nint Load(string sharedObject) => Loaded.GetOrAdd(
        sharedObject, static name => Load([name, .. Known[name].Others], Known[name].Package));

    /// <summary>Loads the first of these that there is.</summary>
    internal static nint Load(string[] sharedObjects, string package)
    {
        foreach (string name in sharedObjects)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                return handle;
            }
        }

        throw ErrorCode.Unavailable.With(
            $"The library {sharedObjects[0]} is not installed: install the Debian package {package}.", "package", package).ToException();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        Known.ContainsKey(name) ? Load(name) : 0;
}
