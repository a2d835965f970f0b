using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>Binds the SQLite provider to the system's library, once in a process and before the first connection.</summary>
/// <remarks>Only this class chooses the native library. Thread-safe.</remarks>
public static class SqliteLibrary
{
    public const string SharedObject = "libsqlite3.so.0";

    public const string Package = "libsqlite3-0";

    // The name that the managed provider imports.
    private const string ProviderImport = "e_sqlite3";

    private static readonly Lazy<string> LoadedVersion = new(Bind, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>
    /// Makes sure that the library is bound and returns its version. Throws <see cref="CatalogException"/> when it is missing.
    /// </summary>
    public static string EnsureLoaded() => LoadedVersion.Value;

    internal static IntPtr Load(string sharedObject)
    {
        try
        {
            return NativeLibrary.Load(sharedObject);
        }
        catch (DllNotFoundException e)
        {
            throw new CatalogException(
                $"SQLite is not installed: {sharedObject} was not found. Install the package {Package} (`apt-get install {Package}`) "
                + "and start again.", e);
        }
    }

    private static string Bind()
    {
        // Loaded here and not in the resolver, so that a missing library is our message and not a type initializer's.
        IntPtr handle = Load(SharedObject);
        var provider = new SQLite3Provider_e_sqlite3();
        NativeLibrary.SetDllImportResolver(
            provider.GetType().Assembly,
            (string name, Assembly _, DllImportSearchPath? _) => name == ProviderImport ? handle : IntPtr.Zero);
        raw.SetProvider(provider);
        raw.FreezeProvider();
        PageSums.Register(handle);
        return raw.sqlite3_libversion().utf8_to_string();
    }
}
