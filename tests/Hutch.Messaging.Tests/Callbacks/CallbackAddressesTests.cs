using System.ComponentModel.DataAnnotations;
using Hutch.Messaging.Callbacks;

namespace Hutch.Messaging.Tests.Callbacks;

/// <summary>Where results may be sent by HTTP.</summary>
public sealed class CallbackAddressesTests
{
    [Theory]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch/run?beamline=i03")]
    [InlineData("https://control.example.org/hutch/", "https://CONTROL.example.org:443/hutch/")]
    [InlineData("https://control.example.org", "https://control.example.org/any/where")]
    [InlineData("http://control:8080", "http://control:8080/")]
    [InlineData("control:8443", "https://control:8443/any")]
    [InlineData("control:8443", "http://control:8443/any")]
    [InlineData("control:443", "https://control/any")]
    [InlineData("127.0.0.1:9000", "http://127.0.0.1:9000/")]
    [InlineData("[::1]:9000", "http://[::1]:9000/")]
    public void An_address_that_is_listed_or_below_one_may_be_called(string allowed, string address) =>
        Assert.True(Find(allowed, address).IsOk);

    [Theory]
    [InlineData("https://control.example.org/hutch", "http://control.example.org/hutch")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutchevil")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch/../admin")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch/%2e%2e/admin")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch/..%2fadmin")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch/..\\admin")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org:444/hutch")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org.evil.example/hutch")]
    [InlineData("https://control.example.org/hutch", "https://evil.example/control.example.org/hutch")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org@evil.example/hutch")]
    [InlineData("https://control.example.org/hutch", "https://me:secret@control.example.org/hutch")]
    [InlineData("https://control.example.org/hutch", "https://control.example.org/hutch#there")]
    [InlineData("https://control.example.org", "https://control.example.org./")]
    [InlineData("control:8443", "http://control:80/")]
    [InlineData("control:8443", "http://127.0.0.1:8443/")]
    [InlineData("control:8443", "http://2130706433:8443/")]
    [InlineData("control:8443", "http://0x7f.1:8443/")]
    [InlineData("control:8443", "http://[::ffff:127.0.0.1]:8443/")]
    [InlineData("control:8443", "ftp://control:8443/")]
    [InlineData("control:8443", "file:///etc/passwd")]
    [InlineData("control:8443", "control:8443")]
    [InlineData("control:8443", "")]
    public void Every_other_address_is_refused(string allowed, string address) => Assert.False(Find(allowed, address).IsOk);

    [Fact]
    public void Without_a_list_every_address_is_refused_and_the_refusal_names_the_option()
    {
        Model.Result<Uri> found = new CallbackAddresses(new CallbackOptions()).Find("https://control.example.org/");

        Assert.Contains("'callbacks.allow'", found.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_is_too_long_is_refused() =>
        Assert.False(Find("control:443", "https://control/" + new string('a', CallbackAddresses.MaxLength)).IsOk);

    [Theory]
    [InlineData("control")]
    [InlineData("control:8443/path")]
    [InlineData("ftp://control")]
    [InlineData("https://me:secret@control/")]
    [InlineData("https://control/?a=b")]
    [InlineData("*")]
    [InlineData("")]
    public void An_item_of_the_list_that_names_no_address_stops_the_start(string allowed) =>
        Assert.Contains("'allow'", Assert.Single(Problems(new CallbackOptions { Allow = [allowed] })), StringComparison.Ordinal);

    [Theory]
    [InlineData("short")]
    [InlineData("bm90IGxvbmcgZW5vdWdo")]
    [InlineData("this is no Base64, but long enough!")]
    public void A_secret_that_is_short_or_no_base64_stops_the_start_and_is_not_said(string secret)
    {
        string problem = Assert.Single(Problems(new CallbackOptions { Secret = secret }));

        Assert.Contains("openssl rand -base64 32", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, problem, StringComparison.Ordinal);
    }

    private static Model.Result<Uri> Find(string allowed, string address) =>
        new CallbackAddresses(new CallbackOptions { Allow = [allowed] }).Find(address);

    private static IEnumerable<string> Problems(CallbackOptions options) =>
        options.Validate(new ValidationContext(options)).Select(problem => problem.ErrorMessage!);
}
