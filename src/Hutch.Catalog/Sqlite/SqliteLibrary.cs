using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// Binds the SQLite provider to the library in this program, once in a process and before the first connection. A system that cannot load
/// it, such as one with a C library before 2.34, uses its own. <see cref="Variable"/> names another one.
/// </summary>
/// <remarks>Only this class chooses the native library. Thread-safe.</remarks>
public static class SqliteLibrary
{
    public const string SharedObject = "libsqlite3.so.0";

    public const string Package = "libsqlite3-0";

    /// <summary>The environment variable with the path or name of a SQLite library to use instead of the one in this program.</summary>
    public const string Variable = "HUTCH_SQLITE";

    /// <summary>The library's name in imports: the provider's, and those of this project.</summary>
    internal const string Import = "e_sqlite3";

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
        IntPtr handle = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } other ? Load(other)
            : EmbeddedLibrary.TryLoad(typeof(SqliteLibrary).Assembly, "sqlite3") ?? Load(SharedObject);
        var provider = new SQLite3Provider_e_sqlite3();
        foreach (Assembly importing in (Assembly[])[provider.GetType().Assembly, typeof(SqliteLibrary).Assembly])
        {
            NativeLibrary.SetDllImportResolver(importing, (name, _, _) => name == Import ? handle : IntPtr.Zero);
        }

        raw.SetProvider(provider);
        raw.FreezeProvider();
        PageSums.Register(handle);
        return raw.sqlite3_libversion().utf8_to_string();
    }
}
