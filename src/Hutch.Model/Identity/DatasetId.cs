using Hutch.Model.Json;

namespace Hutch.Model;

/// <summary>The id of a dataset: a UUID, which is also its DataLad id. Written in lower case with dashes.</summary>
[JsonConverter(typeof(DatasetIdJsonConverter))]
public readonly record struct DatasetId(Guid Value) : IComparable<DatasetId>
{
    public static bool TryParse(string? text, out DatasetId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid value);
        id = new DatasetId(value);
        return ok;
    }

    public int CompareTo(DatasetId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("D");

    public static bool operator <(DatasetId left, DatasetId right) => left.CompareTo(right) < 0;

    public static bool operator <=(DatasetId left, DatasetId right) => left.CompareTo(right) <= 0;

    public static bool operator >(DatasetId left, DatasetId right) => left.CompareTo(right) > 0;

    public static bool operator >=(DatasetId left, DatasetId right) => left.CompareTo(right) >= 0;
}
