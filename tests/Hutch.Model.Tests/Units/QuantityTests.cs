using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Units;

namespace Hutch.Model.Tests.Units;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("300 kV", 300, "kV")]
    [InlineData("300kV", 300, "kV")]
    [InlineData(" 0.9763 Å ", 0.9763, "Å")]
    [InlineData("-1.5e-3mm", -1.5e-3, "mm")]
    [InlineData("40e/Å²", 40, "e/Å²")]
    [InlineData("1e3eV", 1000, "eV")]
    [InlineData("5 1/nm", 5, "1/nm")]
    [InlineData("100", 100, "")]
    [InlineData("10 %", 10, "%")]
    public void A_number_and_its_unit_are_parsed_separately(string text, double value, string unit) =>
        Assert.Equal(new Quantity(value, unit), Quantity.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("kV")]
    [InlineData("1,5 mm")]
    [InlineData("1.2.3")]
    [InlineData("1 2 mm")]
    [InlineData("1e999 m")]
    [InlineData("NaN")]
    public void Text_without_a_valid_number_is_no_quantity(string text) => Assert.Null(Quantity.Parse(text));

    [Fact]
    public void Any_number_with_any_unit_is_read_again() => Prop.ForAll(
        (from unit in Gen.Elements(UnitTable.All.ToArray())
         from digits in Gen.Choose(-999_999, 999_999)
         from power in Gen.Choose(-12, 12)
         from blank in Gen.Elements("", " ")
         select (unit, value: digits * Math.Pow(10, power), blank)).ToArbitrary(),
        x => Quantity.Parse(x.value.ToString("R", CultureInfo.InvariantCulture) + Blank(x.unit, x.blank) + x.unit.Symbol)
            == new Quantity(x.value, x.unit.Symbol)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_not_without_an_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => Quantity.Parse(text ?? "") is null or { Value: not double.NaN }).QuickCheckThrowOnFailure();

    // "5 1/nm" needs its blank.
    private static string Blank(Unit unit, string blank) => char.IsAsciiDigit(unit.Symbol[0]) ? " " : blank;
}
