namespace Hutch.Model.Tests.Text;

public class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048576", 1_048_576)]
    [InlineData("12B", 12)]
    [InlineData("1.5 kB", 1_500)]
    [InlineData("256 MiB", 268_435_456)]
    [InlineData("2tb", 2_000_000_000_000)]
    [InlineData("500GiB", 536_870_912_000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_has_a_unit_of_powers_of_1000_or_1024(string text, long bytes) => Assert.Equal(bytes, ByteSize.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("-1")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1 XB")]
    [InlineData("1 KBB")]
    [InlineData("1 KiBs")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999 PB")]
    public void Another_text_is_no_size(string text) => Assert.Null(ByteSize.TryParse(text));
}
