using System.Text.Json.Serialization;
using Hutch.Model.Json;

namespace Hutch.Model;

/// <summary>The identity of a dataset: a UUID, also its DataLad id. Written in lower case with dashes.</summary>
/// <param name="Value">The UUID.</param>
[JsonConverter(typeof(DatasetIdJsonConverter))]
public readonly record struct DatasetId(Guid Value) : IComparable<DatasetId>
{
    /// <summary>Reads a UUID with dashes.</summary>
    public static bool TryParse(string? text, out DatasetId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid value);
        id = new DatasetId(value);
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(DatasetId other) => Value.CompareTo(other.Value);

    /// <summary>The UUID with dashes, lower case.</summary>
    public override string ToString() => Value.ToString("D");

    /// <summary>Order by value.</summary>
    public static bool operator <(DatasetId left, DatasetId right) => left.CompareTo(right) < 0;

    /// <summary>Order by value.</summary>
    public static bool operator <=(DatasetId left, DatasetId right) => left.CompareTo(right) <= 0;

    /// <summary>Order by value.</summary>
    public static bool operator >(DatasetId left, DatasetId right) => left.CompareTo(right) > 0;

    /// <summary>Order by value.</summary>
    public static bool operator >=(DatasetId left, DatasetId right) => left.CompareTo(right) >= 0;
}
