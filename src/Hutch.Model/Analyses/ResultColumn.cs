using Hutch.Model.Parameters;

namespace Hutch.Model.Analyses;

/// <summary>A result column of an analysis step.</summary>
public sealed record ResultColumn
{
    /// <summary>Name in result rows, JSON lines and CSV.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary><c>integer</c>, <c>number</c>, <c>text</c> or <c>boolean</c>.</summary>
    public required ValueKind Kind { get; init; }

    /// <summary>Unit, such as <c>Å</c>. Columns with the same unit share an axis.</summary>
    public string? Unit { get; init; }

    /// <summary>Meaning of the value, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Decimal places worth showing.</summary>
    public int Decimals { get; init; }

    /// <summary>The number that means "unknown"; absent if null means it.</summary>
    public double? Unknown { get; init; }

    /// <summary>
    /// True if rows may omit it: unless a parameter requests it, or where it has no meaning. It is for programs; tables do not show it.
    /// </summary>
    public bool IsOptional { get; init; }

    /// <summary>True if short tables show it.</summary>
    public bool InSummary { get; init; }

    /// <summary>True if it is plotted by default.</summary>
    public bool InPlot { get; init; }
}
