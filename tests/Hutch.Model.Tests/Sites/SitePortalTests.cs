using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Sites;

public sealed class SitePortalTests
{
    private static readonly string Digits = string.Concat(Enumerable.Repeat("A7", 32));

    [Theory]
    [InlineData("")]
    [InlineData("SHA256:")]
    [InlineData("sha256:")]
    public void A_fingerprint_can_have_a_prefix_colons_and_small_letters(string prefix)
    {
        string typed = prefix + string.Join(':', Enumerable.Repeat("a7", 32));

        Assert.Equal("SHA256:" + Digits, SitePortal.Parse("https://archive.example.org", typed).Value.Certificate);
    }

    [Theory]
    [InlineData("SHA256:")]
    [InlineData("A7")]
    [InlineData("the key of the site")]
    public void Another_text_is_refused_as_a_fingerprint_of_a_certificate(string typed) => Assert.Contains(
        "is not a fingerprint", SitePortal.Parse("https://archive.example.org", typed).Error!.Message, StringComparison.Ordinal);
}
