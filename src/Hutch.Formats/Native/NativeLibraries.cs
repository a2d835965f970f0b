using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace Hutch.Formats.Native;

/// <summary>
/// Finds the shared libraries that this project binds, and says which package to install when one is not there (the runtime's own message
/// names only the file).
/// </summary>
internal static class NativeLibraries
{
    /// <summary>The other names of a library, and its packages. `apt-get` takes the pattern for the package of each release.</summary>
    private static readonly FrozenDictionary<string, (string[] Others, NativePackage Package)> Known =
        new Dictionary<string, (string[], NativePackage)>
        {
            [Lz4Library.SharedObject] = ([], new("liblz4-1", "lz4-libs")),
            [LzmaLibrary.SharedObject] = ([], new("liblzma5", "xz-libs")),
            [ZlibLibrary.SharedObject] = ([], new("zlib1g", "zlib")),
            [Hdf5Library.SharedObject] = (
                ["libhdf5.so.103", "libhdf5_serial.so.310", "libhdf5.so.310", "libhdf5.so.200"],
                new("'^libhdf5-(103-1|103-1t64|310)$'", "hdf5")),
            [ZeroMqLibrary.SharedObject] = ([], new("libzmq5", "zeromq")),
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
    internal static nint Load(string[] sharedObjects, NativePackage package)
    {
        foreach (string name in sharedObjects)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                return handle;
            }
        }

        throw ErrorCode.Unavailable.With(
            OperatingSystem.IsLinux()
                ? $"The library {sharedObjects[0]} is not installed. {package.HowToInstall()}"
                : $"This needs the library {sharedObjects[0]}, which Hutch loads on Linux only: run the command on a Linux machine.",
            "package",
            package.Debian).ToException();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        Known.ContainsKey(name) ? Load(name) : 0;
}
