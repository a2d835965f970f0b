using System.ComponentModel.DataAnnotations;
using Hutch.Zone.Partners;

namespace Hutch.Zone.Tests.Partners;

public sealed class PartnerOptionsTests
{
    [Fact]
    public void A_complete_partner_is_accepted() => Assert.Empty(FindFaults(Issuer(), new PartnerRule { Path = "/run3", Gives = "ada/raw" }));

    [Theory]
    [InlineData("http://id.example.org", "https://id.example.org/keys", "'issuer'")]
    [InlineData("https://id.example.org", "http://id.example.org/keys", "'keys'")]
    [InlineData("https://id.example.org", "https://user:word@id.example.org/keys", "'keys'")]
    [InlineData("https://id.example.org", "file:///etc/passwd", "'keys'")]
    [InlineData("https://id.example.org", "https://id.example.org/keys?of=all", "'keys'")]
    public void Addresses_are_of_https(string issuer, string keys, string word) =>
        Assert.Contains(word, Assert.Single(FindFaults(Issuer(issuer, keys))), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null, "ada", "either 'path' or 'group'")]
    [InlineData("/a", "/b", "ada", "either 'path' or 'group'")]
    [InlineData("/a/../b", null, "ada", "not normalized")]
    [InlineData("a", null, "ada", "absolute")]
    [InlineData(null, "atlas", "ada", "'group'")]
    [InlineData("/a", null, "Ada", "'gives'")]
    [InlineData("/a", null, "ada/", "'gives'")]
    [InlineData("/a", null, "ada/raw/", "'gives'")]
    [InlineData("/a", null, "ada/raw/../b", "'gives'")]
    public void A_faulty_rule_names_its_fault(string? path, string? group, string gives, string word) => Assert.Contains(
        word, Assert.Single(FindFaults(Issuer(), new PartnerRule { Path = path, Group = group, Gives = gives })), StringComparison.Ordinal);

    [Fact]
    public void An_issuer_is_there_once()
    {
        var options = new PartnerOptions { Issuers = [Issuer(), Issuer(id: "other")] };

        Assert.Contains("twice", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);
    }

    private static PartnerIssuerOptions Issuer(
        string issuer = "https://id.example.org", string keys = "https://id.example.org/keys", string id = "atlas") =>
        new() { Id = id, Issuer = issuer, Keys = keys, Audiences = ["https://hutch.example.org"] };

    private static string[] FindFaults(PartnerIssuerOptions issuer, params PartnerRule[] rules) =>
    [
        .. issuer.Validate(new ValidationContext(issuer)).Concat(rules.SelectMany(static rule => rule.Validate(new ValidationContext(rule))))
            .Select(static fault => fault.ErrorMessage!),
    ];
}
