using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>Queries of <c>site.db</c>. Used by the committer inside its transaction, and by readers on connections of their own.</summary>
/// <remarks>As thread-safe as its session: one caller at a time.</remarks>
public sealed partial class SiteQueries(SqliteSession session)
{
    private readonly SqliteConnection _connection = session.Connection;

    /// <summary>Returns the sequence number of the last record in the database.</summary>
    public long AppliedSequence() => _connection.ExecuteScalar<long>("SELECT value FROM site_state WHERE name = 'applied'");

    /// <summary>Lists the blobs of the last checkpoint, in order; empty without one.</summary>
    public IReadOnlyList<BlobHash> CheckpointParts() =>
        [.. _connection.Query<string>("SELECT hash FROM checkpoint_parts ORDER BY position").Select(Hash)];

    // For json_each; ids, hashes and names of types need no escapes.
    private static string JsonArray<T>(IEnumerable<T> words) => "[\"" + string.Join("\",\"", words) + "\"]";

    private static BlobHash Hash(string text) => BlobHash.Parse(text).Value;

    private static TreeRoot Root(string page, string content, long files, long bytes) => new(Hash(page), Hash(content), files, bytes);
}
