namespace Hutch.Catalog.Sqlite;

/// <summary>Makes something of the row that a statement is at.</summary>
public delegate T RowReader<out T>(SqliteRows row);
