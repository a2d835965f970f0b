using Hutch.Model.Parameters;

namespace Hutch.Model.Analyses;

/// <summary>A result column of an analysis step.</summary>
public sealed record ResultColumn
{
    /// <summary>Name in result rows, JSON lines and CSV.</summary>
    public required string Name { get; init; }

    /// <summary>Label for people.</summary>
    public required string Title { get; init; }

    /// <summary><c>integer</c>, <c>number</c>, <c>text</c> or <c>boolean</c>.</summary>
    public required ValueKind Kind { get; init; }

    /// <summary>Unit, such as <c>Å</c>. Columns with the same unit share an axis.</summary>
    public string? Unit { get; init; }

    /// <summary>What the value means, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Decimal places worth showing.</summary>
    public int Decimals { get; init; }

    /// <summary>The number that means "unknown"; absent if null does.</summary>
    public double? Unknown { get; init; }

    /// <summary>
    /// Whether rows may lack it: unless a parameter asks for it, or where it has no meaning. It is for programs; tables do not show it.
    /// </summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether short tables show it.</summary>
    public bool InSummary { get; init; }

    /// <summary>Whether it is plotted by default.</summary>
    public bool InPlot { get; init; }
}
