namespace Hutch.Catalog.Sqlite;

public delegate T RowReader<out T>(SqliteRows row);
