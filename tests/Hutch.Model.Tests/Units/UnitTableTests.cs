using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Units;

namespace Hutch.Model.Tests.Units;

public sealed class UnitTableTests
{
    private static readonly Gen<double> Number =
        from digits in Gen.Choose(-999_999, 999_999)
        from power in Gen.Choose(-6, 6)
        select digits * Math.Pow(10, power);

    [Fact]
    public void A_value_comes_back_from_the_unit_of_the_SI() => Prop.ForAll(
        (from unit in Gen.Elements(UnitTable.All.ToArray()) from value in Number select (unit, value)).ToArbitrary(),
        pair => Near(pair.unit.FromSi(pair.unit.ToSi(pair.value)), pair.value, pair.unit)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_larger_value_is_larger_in_the_unit_of_the_SI() => Prop.ForAll(
        (from unit in Gen.Elements(UnitTable.All.ToArray()) from a in Number from b in Number select (unit, a, b)).ToArbitrary(),
        x => x.a < x.b ? x.unit.ToSi(x.a) <= x.unit.ToSi(x.b) : x.unit.ToSi(x.a) >= x.unit.ToSi(x.b)).QuickCheckThrowOnFailure();

    [Fact]
    public void It_does_not_matter_by_which_unit_a_value_goes() => Prop.ForAll(
        (from first in Gen.Elements(UnitTable.All.ToArray())
         from second in Gen.Elements(UnitTable.All.Where(unit => unit.Dimension == first.Dimension).ToArray())
         from value in Number
         select (first, second, value)).ToArbitrary(),
        x => Near(x.first.FromSi(x.second.ToSi(x.second.FromSi(x.first.ToSi(x.value)))), x.value, x.first)).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_spelling_finds_a_unit_of_its_dimension()
    {
        foreach (Dimension dimension in UnitTable.All.Select(unit => unit.Dimension).Distinct())
        {
            Assert.All(UnitTable.Spellings(dimension), spelling => Assert.Equal(dimension, UnitTable.Find(spelling, dimension)?.Dimension));
        }
    }

    [Fact]
    public void The_symbol_of_a_unit_finds_it() => Assert.All(UnitTable.All, unit => Assert.Equal(unit, UnitTable.Find(unit.Symbol, unit.Dimension)));

    [Fact]
    public void No_two_dimensions_have_the_same_unit_of_the_SI()
    {
        Dimension[] dimensions = [.. UnitTable.All.Select(unit => unit.Dimension).Distinct()];

        Assert.Equal(dimensions.Length, dimensions.Select(dimension => dimension.SiUnit).Distinct().Count());
    }

    [Theory]
    [InlineData(1, "Å", 1e-10)]
    [InlineData(1, "\u212b", 1e-10)]
    [InlineData(75, "µm", 75e-6)]
    [InlineData(75, "\u03bcm", 75e-6)]
    [InlineData(75, "um", 75e-6)]
    [InlineData(12.4, "keV", 12.4 * 1.602176634e-16)]
    [InlineData(300, "kV", 300_000)]
    [InlineData(40, "e/Å²", 40e20)]
    [InlineData(40, "e-/A^2", 40e20)]
    [InlineData(180, "°", Math.PI)]
    [InlineData(180, "deg", Math.PI)]
    [InlineData(-173.15, "°C", 100)]
    [InlineData(3, "MGy", 3e6)]
    [InlineData(0.83, "Å/pixel", 0.83e-10)]
    public void Units_have_the_factors_of_the_SI(double value, string unit, double expected) =>
        Assert.Equal(1, UnitTable.Find(unit)!.ToSi(value) / expected, 12);

    [Fact]
    public void An_A_is_an_angstrom_where_a_length_is_expected_else_an_ampere()
    {
        Dimension length = UnitTable.Find("m")!.Dimension;

        Assert.Equal("Å", UnitTable.Find("A", length)!.Symbol);
        Assert.Equal("A", UnitTable.Find("A")!.Symbol);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kv")]
    [InlineData("furlong")]
    public void An_unknown_unit_is_not_found(string text) => Assert.Null(UnitTable.Find(text));

    private static bool Near(double found, double expected, Unit unit) =>
        Math.Abs(found - expected) <= 1e-9 * (Math.Abs(expected) + Math.Abs(unit.Offset / unit.Factor));
}
