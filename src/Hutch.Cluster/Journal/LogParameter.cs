namespace Hutch.Cluster.Journal;

/// <summary>Values for statements, in the order of <c>$1</c>, <c>$2</c> and so on.</summary>
internal static class LogParameter
{
    public static NpgsqlParameter<T> From<T>(T value) => new() { TypedValue = value };
}
