using Hutch.Model.Units;

namespace Hutch.Model.Tests.Units;

public sealed class UnitSpellingTests
{
    [Theory]
    [InlineData("millimeters", "m", 1e-3)]
    [InlineData("Millimetre", "m", 1e-3)]
    [InlineData("MM", "m", 1e-3)]
    [InlineData(" mm ", "m", 1e-3)]
    [InlineData("mm.", "m", 1e-3)]
    [InlineData("\u00b5m", "m", 1e-6)]
    [InlineData("\u03bcm", "m", 1e-6)]
    [InlineData("microns", "m", 1e-6)]
    [InlineData("ANGSTROM", "m", 1e-10)]
    [InlineData("Angstroms", "m", 1e-10)]
    [InlineData("A\u030a", "m", 1e-10)]
    [InlineData("A", "m", 1e-10)]
    [InlineData("1e-6 m", "m", 1e-6)]
    [InlineData("10^-6 m", "m", 1e-6)]
    [InlineData("0.001m", "m", 1e-3)]
    [InlineData("km", "m", 1e3)]
    [InlineData("msec", "s", 1e-3)]
    [InlineData("SEC", "s", 1)]
    [InlineData("microseconds", "s", 1e-6)]
    [InlineData("minutes", "s", 60)]
    [InlineData("kiloelectronvolts", "eV", 1e3)]
    [InlineData("KEV", "eV", 1e3)]
    [InlineData("degrees", "°", 1)]
    [InlineData("\u00ba", "°", 1)]
    [InlineData("electrons per angstrom^2", "e/Å²", 1)]
    [InlineData("electrons/angstrom**2", "e/Å²", 1)]
    [InlineData("angstrom-1", "1/Å", 1)]
    [InlineData("1/angstrom", "1/Å", 1)]
    [InlineData("meters per second", "m/s", 1)]
    [InlineData("m s-1", "m/s", 1)]
    [InlineData("degrees Celsius", "°C", 1)]
    public void A_spelling_of_the_field_is_its_unit(string written, string symbol, double factor)
    {
        Unit expected = UnitTable.Find(symbol)!;

        Unit? found = UnitTable.Find(written, expected.Dimension);

        Assert.Equal(expected.Dimension, found?.Dimension);
        Assert.Equal(factor, found!.Factor / expected.Factor, 1e-12 * factor);
    }

    [Theory]
    [InlineData("Mm")]
    [InlineData("Ms")]
    [InlineData("furlong")]
    [InlineData("mmm")]
    [InlineData("m/")]
    [InlineData("/m")]
    [InlineData("per")]
    [InlineData("metreseconds")]
    [InlineData("1e999 m")]
    [InlineData("0 m")]
    [InlineData("\ufffdm")]
    [InlineData("\ud800")]
    [InlineData("12")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx m")]
    public void What_may_mean_something_else_is_no_unit_of_a_length_or_time(string written)
    {
        foreach (Dimension dimension in new[] { UnitTable.Find("m")!.Dimension, UnitTable.Find("s")!.Dimension })
        {
            Assert.NotEqual(dimension, UnitTable.Find(written, dimension)?.Dimension);
        }
    }

    [Fact]
    public void Powers_of_ten_give_the_nearest_number()
    {
        Unit metre = UnitTable.Find("m")!;

        Assert.Equal(7.5e-05, metre.From(75, UnitTable.Find("µm")!));
        Assert.Equal(0.97631, UnitTable.Find("Å")!.From(0.097631, UnitTable.Find("nm")!));
        Assert.Null(metre.From(1, UnitTable.Find("s")!));
    }
}
