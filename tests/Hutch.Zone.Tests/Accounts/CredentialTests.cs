using Hutch.Model;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Tests.Accounts;

public sealed class CredentialTests
{
    [Theory]
    [InlineData(CredentialKind.Token, null, "hutch_")]
    [InlineData(CredentialKind.Link, null, "hutchlink_")]
    [InlineData(CredentialKind.Token, "00c0ffee00c0ffee", "hutch_00c0ffee00c0ffee_")]
    [InlineData(CredentialKind.Link, "00c0ffee00c0ffee", "hutchlink_00c0ffee00c0ffee_")]
    public void An_issued_secret_can_be_parsed_and_matches_its_stored_hash(CredentialKind kind, string? zone, string prefix)
    {
        (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(kind, zone);

        Assert.Equal(zone ?? "", TokenText.ZoneOf(secret.Reveal()).ToString());
        Assert.StartsWith(prefix + id + "_", secret.Reveal(), StringComparison.Ordinal);
        Assert.True(Credential.TryParse(secret.Reveal(), out Credential read));
        Assert.Equal(kind, read.Kind);
        Assert.Equal(id, read.Id.ToString());
        Assert.True(read.Matches(hash));
        Assert.False(read.Matches(BlobHash.Compute("another secret"u8)));
    }

    [Fact]
    public void Two_secrets_are_never_the_same() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => Credential.Issue(CredentialKind.Token).Secret.Reveal()).Distinct().Count());

    [Theory]
    [InlineData("")]
    [InlineData("hutch_")]
    [InlineData("hutch_0123456789abcdef")]
    [InlineData("hutch_0123456789abcdef_")]
    [InlineData("hutch_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hutch_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hutch_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A")]
    [InlineData("hutch_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A")]
    [InlineData("hutch_0123456789ABCDEF_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hutch_0123456789abcdeé_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hutch_0123456789ABCDEF_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hutch_0123456789abcdef-0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hutchsession_0123456789abcdef_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("HUTCH_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ghp_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(" hutch_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Malformed_tokens_are_not_parsed(string text) => Assert.False(Credential.TryParse(text, out _));

    [Fact]
    public void A_secret_does_not_show_itself()
    {
        (string id, BlobHash _, IssuedSecret secret) = Credential.Issue(CredentialKind.Token);

        Assert.Equal("(secret)", secret.ToString());
        Assert.Equal("(secret)", $"{secret}");
        Assert.DoesNotContain(secret.Reveal(), System.Text.Json.JsonSerializer.Serialize(secret), StringComparison.Ordinal);
        Assert.True(Credential.TryParse(secret.Reveal(), out Credential read));
        Assert.Equal("Token " + id, read.ToString());
    }
}
