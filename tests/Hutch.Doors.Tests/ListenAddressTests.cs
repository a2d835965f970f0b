using System.Net;
using Hutch.Model;

namespace Hutch.Doors.Tests;

/// <summary>Where a door listens, as it is configured.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8470", "127.0.0.1:8470")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("*:8470", "[::]:8470")]
    public void An_address_is_read(string text, string endPoint) =>
        Assert.Equal(IPEndPoint.Parse(endPoint), ListenAddress.Parse(text, usualPort: 8470));

    [Theory]
    [InlineData("")]
    [InlineData("8470")]
    [InlineData(":8470")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("somewhere:8470")]
    public void Anything_else_is_refused_with_examples_of_the_door(string text)
    {
        HutchException refusal = Assert.Throws<HutchException>(() => ListenAddress.Parse(text, usualPort: 8471, ", or 'off'"));

        Assert.Equal(
            $"{Display.Quote(text)} is not a listen address: use HOST:PORT, such as 127.0.0.1:8471, [::1]:8471 or *:8471, or 'off'.",
            refusal.Message);
    }
}
