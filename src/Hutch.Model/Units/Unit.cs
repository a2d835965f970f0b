namespace Hutch.Model.Units;

/// <param name="Symbol">The symbol, such as <c>keV</c>.</param>
/// <param name="Factor">One of this unit, in the SI unit.</param>
/// <param name="Offset">The zero of this unit, in the SI unit: 273.15 for °C.</param>
public sealed record Unit(string Symbol, Dimension Dimension, double Factor, double Offset = 0)
{
    public double ToSi(double value) => (value * Factor) + Offset;

    public double FromSi(double value) => (value - Offset) / Factor;

    /// <summary>
    /// Returns a value of another unit in this one; null for a unit of another dimension. Between units that differ by a power of ten the
    /// result is the nearest number: 75 µm is 7.5e-05 m.
    /// </summary>
    public double? From(double value, Unit other)
    {
        if (other.Dimension != Dimension)
        {
            return null;
        }

        if (Offset != 0 || other.Offset != 0)
        {
            return FromSi(other.ToSi(value));
        }

        double ratio = other.Factor / Factor;
        int power = (int)Math.Round(Math.Log10(ratio));
        double ten = Math.Pow(10, Math.Abs(power));
        return Math.Abs((ratio / Math.Pow(10, power)) - 1) > 1e-12 ? value * ratio
            : power >= 0 ? value * ten
            : value / ten;
    }

    public override string ToString() => Symbol;
}
