namespace Hutch.Catalog.Sqlite;

/// <summary>
/// A database that cannot be used as it is: its library is missing, its schema is from a newer program, or its content is damaged.
/// The message tells the operator what to do.
/// </summary>
public sealed class CatalogException(string message, Exception? inner = null) : IOException(message, inner);
