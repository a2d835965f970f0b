using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>Reads the facts of datasets. It caches the last dataset, since several conditions and the counts use it.</summary>
internal sealed class PackedFactReader(SqliteSession session)
{
    private readonly SqliteStatement _read = session.Prepared("SELECT facts FROM packed WHERE key = $1");
    private byte[] _bytes = new byte[256];
    private int _length;
    private long _key = long.MinValue;

    /// <summary>Returns the number of a field; null when no dataset has it.</summary>
    public long? NumberOf(SearchField field)
    {
        List<long> found = session.Select(
            "SELECT number FROM fields WHERE name = $1 AND dimension = $2", static row => row.Number(0), field.Name, field.Dimension);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Returns the facts of a dataset, valid until the next call.</summary>
    public PackedFacts Read(long key)
    {
        if (_key != key)
        {
            using SqliteRows rows = _read.Query(key);
            ReadOnlySpan<byte> facts = rows.Next() ? rows.Bytes(0) : default;
            if (facts.Length > _bytes.Length)
            {
                _bytes = new byte[facts.Length];
            }

            facts.CopyTo(_bytes);
            (_key, _length) = (key, facts.Length);
        }

        return new PackedFacts(_bytes.AsSpan(0, _length));
    }
}
