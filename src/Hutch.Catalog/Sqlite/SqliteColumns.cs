using System.Runtime.InteropServices;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// SQLite's functions that read a row, by the address of its statement. The provider increments and decrements a reference count for each
/// call, which takes longer than the call.
/// </summary>
/// <remarks>The caller keeps the statement alive. <see cref="SqliteLibrary"/> has loaded the library before.</remarks>
internal static unsafe partial class SqliteColumns
{
    [LibraryImport(SqliteLibrary.Import, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(SqliteLibrary.Import, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    public static partial long Int64(nint statement, int column);

    /// <summary>Returns the bytes of a text or blob, valid until the next step; null for null and for empty ones.</summary>
    [LibraryImport(SqliteLibrary.Import, EntryPoint = "sqlite3_column_blob")]
    [SuppressGCTransition]
    public static partial byte* Blob(nint statement, int column);

    [LibraryImport(SqliteLibrary.Import, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    public static partial int Type(nint statement, int column);

    [LibraryImport(SqliteLibrary.Import, EntryPoint = "sqlite3_column_bytes")]
    [SuppressGCTransition]
    public static partial int Bytes(nint statement, int column);
}
