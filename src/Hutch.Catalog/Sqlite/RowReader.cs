namespace Hutch.Catalog.Sqlite;

/// <summary>Converts the current row of a statement.</summary>
public delegate T RowReader<out T>(SqliteRows row);
