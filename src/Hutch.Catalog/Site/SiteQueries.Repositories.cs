namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    /// <summary>Returns an annex key whose content a dataset received; null if it did not.</summary>
    public StoredKey? StoredKey(long dataset, string name) => session.Select(
        "SELECT hash, size FROM annex_keys WHERE dataset = $1 AND name = $2",
        row => new StoredKey(name, Hash(row.Text(0)), row.Number(1)),
        dataset, name).FirstOrDefault();

    /// <summary>Lists the annex keys of a dataset after one, in the order of their names.</summary>
    public IReadOnlyList<StoredKey> StoredKeys(long dataset, string after, int limit) => session.Select(
        "SELECT name, hash, size FROM annex_keys WHERE dataset = $1 AND name > $2 ORDER BY name LIMIT $3",
        row => new StoredKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, after, limit);

    /// <summary>The same without the keys of an adopted store whose bytes wait to be hashed.</summary>
    public IReadOnlyList<StoredKey> HashedKeys(long dataset, string after, int limit) => session.Select(
        """
        SELECT name, hash, size FROM annex_keys k WHERE dataset = $1 AND name > $2
        AND NOT EXISTS (SELECT 1 FROM folder_files f WHERE f.name = k.hash AND f.hashed = 0) ORDER BY name LIMIT $3
        """,
        row => new StoredKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, after, limit);

    /// <summary>Returns the annex keys of a dataset for the same content. Reads all of its keys.</summary>
    public IReadOnlyList<StoredKey> StoredKeysOf(long dataset, BlobHash hash) => session.Select(
        "SELECT name, hash, size FROM annex_keys WHERE dataset = $1 AND hash = $2",
        row => new StoredKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, hash.ToString());

    /// <summary>Returns when a key's content last came, in milliseconds since 1970; 0 if not noted, null if it did not come.</summary>
    public long? KeyStoredAt(long dataset, string name) =>
        SingleOrNull("SELECT held FROM annex_keys WHERE dataset = $1 AND name = $2", dataset, name);

    /// <summary>Returns a mark that changes whenever a dataset gets or loses keys.</summary>
    public KeysMark MarkOfKeys(long dataset) => session.Select(
        "SELECT count(*), coalesce(max(sequence), 0) FROM annex_keys WHERE dataset = $1",
        row => new KeysMark(row.Number(0), row.Number(1)),
        dataset).Single();

    public IReadOnlyList<long> DatasetsWithKeysBefore(long time) => session.Select(
        "SELECT DISTINCT dataset FROM annex_keys WHERE held > 0 AND held < $1", row => row.Number(0), time);

    /// <summary>Lists keys whose content came before a time, after one key, by name, without keys that have no noted time.</summary>
    public IReadOnlyList<StoredKey> StoredKeysBefore(long dataset, long time, string after, int limit) => session.Select(
        "SELECT name, hash, size FROM annex_keys WHERE dataset = $1 AND name > $2 AND held > 0 AND held < $3 ORDER BY name LIMIT $4",
        row => new StoredKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, after, time, limit);

    /// <summary>Returns true if the content of a key came before a time and not again later.</summary>
    public bool IsStoredBefore(long dataset, string name, long time) => Any(
        "SELECT 1 FROM annex_keys WHERE dataset = $1 AND name = $2 AND held > 0 AND held < $3", dataset, name, time);

    public bool HasKeys(long dataset) => Any("SELECT 1 FROM annex_keys WHERE dataset = $1 LIMIT 1", dataset);

    /// <summary>Returns true if content of keys has come that was not compared with the head yet.</summary>
    public bool HasNewKeys(long dataset) => Any(
        """
        SELECT 1 FROM annex_keys WHERE dataset = $1
        AND sequence > coalesce((SELECT repository_through FROM datasets WHERE key = $1), 0) LIMIT 1
        """,
        dataset);
}

/// <summary>A mark that distinguishes two states of a dataset's keys.</summary>
/// <param name="Last">The sequence number of the record that brought the last of them.</param>
public readonly record struct KeysMark(long Count, long Last);
