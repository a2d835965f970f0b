using System.Globalization;

namespace Hutch.Bench;

/// <summary>Which cells of a benchmark are measured: those that were named as <c>PUT</c>, <c>PUT/1M</c> or <c>PUT/1M/16</c>; without a name, all.</summary>
internal sealed class CellChoice
{
    private readonly List<(string Operation, long? Bytes, int? Connections)> _named;

    /// <summary>The choice of some names.</summary>
    public CellChoice(IEnumerable<string> names) => _named = [.. names.Select(Parse)];

    /// <summary>Whether a cell is measured.</summary>
    public bool Has(string operation, long bytes, int connections) =>
        _named.Count == 0 || _named.Any(cell =>
            string.Equals(cell.Operation, operation, StringComparison.OrdinalIgnoreCase)
            && (cell.Bytes ?? bytes) == bytes && (cell.Connections ?? connections) == connections);

    private static (string Operation, long? Bytes, int? Connections) Parse(string name)
    {
        string[] parts = name.Split('/');
        return (parts[0], parts.Length > 1 ? Bytes(parts[1]) : null, parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : null);
    }

    private static long Bytes(string size)
    {
        int shift = char.ToUpperInvariant(size[^1]) switch { 'K' => 10, 'M' => 20, _ => 0 };
        return long.Parse(shift == 0 ? size : size[..^1], CultureInfo.InvariantCulture) << shift;
    }
}
