namespace Hutch.Catalog.Sqlite;

/// <summary>
/// A database cannot be used as it is: its library is missing, its schema is from a newer program, or its content is damaged. The message
/// has advice for the operator.
/// </summary>
public sealed class CatalogException(string message, Exception? inner = null) : IOException(message, inner);
