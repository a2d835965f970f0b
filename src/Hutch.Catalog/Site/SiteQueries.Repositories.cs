using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    /// <summary>A key of git-annex whose content a dataset was given; null when it was not.</summary>
    public HeldKey? HeldKey(long dataset, string name) => session.Select(
        "SELECT hash, size FROM annex_keys WHERE dataset = $1 AND name = $2",
        row => new HeldKey(name, Hash(row.Text(0)), row.Number(1)),
        dataset, name).FirstOrDefault();

    /// <summary>The keys of a dataset, in the order of their names, after one.</summary>
    public IReadOnlyList<HeldKey> HeldKeys(long dataset, string after, int limit) => session.Select(
        "SELECT name, hash, size FROM annex_keys WHERE dataset = $1 AND name > $2 ORDER BY name LIMIT $3",
        row => new HeldKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, after, limit);

    /// <summary>The keys of a dataset that stand for the same content. Looks at all of them.</summary>
    public IReadOnlyList<HeldKey> HeldKeysOf(long dataset, BlobHash hash) => session.Select(
        "SELECT name, hash, size FROM annex_keys WHERE dataset = $1 AND hash = $2",
        row => new HeldKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, hash.ToString());

    /// <summary>
    /// When the content of a key came last, milliseconds since 1970; 0 where that was not noted, null where it did not come.
    /// </summary>
    public long? KeyHeldAt(long dataset, string name) =>
        SingleOrNull("SELECT held FROM annex_keys WHERE dataset = $1 AND name = $2", dataset, name);

    /// <summary>What changes whenever keys of a dataset come or go.</summary>
    public KeysMark MarkOfKeys(long dataset) => session.Select(
        "SELECT count(*), coalesce(max(sequence), 0) FROM annex_keys WHERE dataset = $1",
        row => new KeysMark(row.Number(0), row.Number(1)),
        dataset).Single();

    /// <summary>The datasets with keys whose content came before a moment.</summary>
    public IReadOnlyList<long> DatasetsWithKeysBefore(long time) => session.Select(
        "SELECT DISTINCT dataset FROM annex_keys WHERE held > 0 AND held < $1", row => row.Number(0), time);

    /// <summary>
    /// The keys of a dataset whose content came before a moment, in the order of their names, after one. Keys of which it is not known when
    /// they came are none of them.
    /// </summary>
    public IReadOnlyList<HeldKey> HeldKeysBefore(long dataset, long time, string after, int limit) => session.Select(
        "SELECT name, hash, size FROM annex_keys WHERE dataset = $1 AND name > $2 AND held > 0 AND held < $3 ORDER BY name LIMIT $4",
        row => new HeldKey(row.Text(0), Hash(row.Text(1)), row.Number(2)),
        dataset, after, time, limit);

    /// <summary>Whether the content of a key came before a moment and did not come again.</summary>
    public bool IsHeldBefore(long dataset, string name, long time) => Any(
        "SELECT 1 FROM annex_keys WHERE dataset = $1 AND name = $2 AND held > 0 AND held < $3", dataset, name, time);

    /// <summary>Whether a dataset was given content of keys.</summary>
    public bool HasKeys(long dataset) => Any("SELECT 1 FROM annex_keys WHERE dataset = $1 LIMIT 1", dataset);

    /// <summary>Whether content of keys has come that was not looked at for the head yet.</summary>
    public bool HasNewKeys(long dataset) => Any(
        """
        SELECT 1 FROM annex_keys WHERE dataset = $1
        AND sequence > coalesce((SELECT repository_through FROM datasets WHERE key = $1), 0) LIMIT 1
        """,
        dataset);
}

/// <summary>Which keys a dataset keeps, as far as telling two states apart goes.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Last">The sequence number of the record that brought the last of them.</param>
public readonly record struct KeysMark(long Count, long Last);
