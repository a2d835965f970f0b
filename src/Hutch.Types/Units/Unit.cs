namespace Hutch.Types.Units;

/// <summary>A unit of measurement, and how it becomes the one of the SI.</summary>
/// <param name="Symbol">How it is written, such as <c>keV</c>.</param>
/// <param name="Dimension">What it measures.</param>
/// <param name="Factor">One of it in the unit of the SI.</param>
/// <param name="Offset">Its zero in the unit of the SI: 273.15 for °C.</param>
public sealed record Unit(string Symbol, Dimension Dimension, double Factor, double Offset = 0)
{
    /// <summary>A value of this unit in the unit of the SI.</summary>
    public double ToSi(double value) => (value * Factor) + Offset;

    /// <summary>A value of the SI in this unit.</summary>
    public double FromSi(double value) => (value - Offset) / Factor;

    /// <inheritdoc/>
    public override string ToString() => Symbol;
}
