using Hutch.Publishing.Identifiers;

namespace Hutch.Publishing.Tests.Identifiers;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("0000-0002-1825-0097", "0000-0002-1825-0097")]
    [InlineData(" https://orcid.org/0000-0002-1694-233x ", "0000-0002-1694-233X")]
    [InlineData("http://orcid.org/0000000218250097", "0000-0002-1825-0097")]
    [InlineData("0000-0001-5109-3700", "0000-0001-5109-3700")]
    public void An_ORCID_iD_is_read_however_it_is_written(string text, string expected) => Assert.Equal(expected, Orcid.Parse(text));

    [Theory]
    [InlineData("0000-0002-1825-0098")]
    [InlineData("0000-0002-1825-009")]
    [InlineData("0000-0002-1694-X33X")]
    [InlineData("https://example.org/0000-0002-1825-0097")]
    [InlineData("")]
    [InlineData(null)]
    public void What_the_check_digit_does_not_fit_is_no_ORCID_iD(string? text) => Assert.Null(Orcid.Parse(text));

    [Fact]
    public void Every_wrong_digit_of_an_ORCID_iD_is_noticed()
    {
        const string Right = "0000000218250097";

        for (int at = 0; at < Right.Length; at++)
        {
            for (char digit = '0'; digit <= '9'; digit++)
            {
                string text = Right[..at] + digit + Right[(at + 1)..];
                Assert.Equal(digit == Right[at], Orcid.Parse(text) is not null);
            }
        }
    }

    [Theory]
    [InlineData("04t3en479", "https://ror.org/04t3en479")]
    [InlineData("https://ror.org/04T3EN479", "https://ror.org/04t3en479")]
    [InlineData("ror.org/02xtzgc43", null)]
    [InlineData("04t3en478", null)]
    [InlineData("14t3en479", null)]
    [InlineData("04t3eo479", null)]
    [InlineData(null, null)]
    public void A_ROR_id_is_read_and_checked(string? text, string? expected) => Assert.Equal(expected, Ror.Parse(text));

    [Theory]
    [InlineData("10.5281/zenodo.1234", "10.5281/zenodo.1234")]
    [InlineData("doi:10.5281/zenodo.1234", "10.5281/zenodo.1234")]
    [InlineData("https://dx.doi.org/10.5281/zenodo.1234", "10.5281/zenodo.1234")]
    [InlineData("10.1000/<script>", "10.1000/<script>")]
    [InlineData("10.1000", null)]
    [InlineData("10.1000/", null)]
    [InlineData("10.10x0/a", null)]
    [InlineData("10.1000/a b", null)]
    public void A_DOI_is_read_however_it_is_written(string text, string? expected) => Assert.Equal(expected, Doi.Parse(text));

    [Fact]
    public void The_address_of_a_DOI_escapes_what_would_end_it() =>
        Assert.Equal("https://doi.org/10.1000/a%22%3Eb/c", Doi.Address("10.1000/a\">b/c"));

    [Theory]
    [InlineData("cc-by-4.0", "CC-BY-4.0")]
    [InlineData(" CC0-1.0 ", "CC0-1.0")]
    [InlineData("CC-BY", null)]
    [InlineData(null, null)]
    public void A_licence_is_one_of_the_SPDX_list(string? text, string? expected) => Assert.Equal(expected, SpdxLicenses.Parse(text));

    [Theory]
    [InlineData("https://example.org/a b", "https://example.org/a%20b")]
    [InlineData("ftp://example.org/", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("//example.org/", null)]
    [InlineData("https://a:b@example.org/", null)]
    public void Only_addresses_of_the_web_are_links(string text, string? expected) => Assert.Equal(expected, WebAddress.Parse(text));
}
