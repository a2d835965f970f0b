namespace Hutch.Types.Units;

/// <param name="Symbol">The symbol, such as <c>keV</c>.</param>
/// <param name="Factor">One of this unit, in the SI unit.</param>
/// <param name="Offset">The zero of this unit, in the SI unit: 273.15 for °C.</param>
public sealed record Unit(string Symbol, Dimension Dimension, double Factor, double Offset = 0)
{
    public double ToSi(double value) => (value * Factor) + Offset;

    public double FromSi(double value) => (value - Offset) / Factor;

    public override string ToString() => Symbol;
}
