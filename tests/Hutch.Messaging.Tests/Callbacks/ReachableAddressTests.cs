using System.Net;
using Hutch.Messaging.Callbacks;

namespace Hutch.Messaging.Tests.Callbacks;

/// <summary>Where connections may go.</summary>
public sealed class ReachableAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    public void A_name_may_not_lead_to_this_machine_its_link_or_many_receivers(string address) =>
        Assert.False(ReachableAddress.IsFor("control.example.org", IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.1.1")]
    [InlineData("93.184.215.14")]
    [InlineData("fd00::1")]
    [InlineData("2a00:1450::1")]
    [InlineData("::ffff:10.1.2.3")]
    public void A_name_may_lead_to_any_other_address(string address) =>
        Assert.True(ReachableAddress.IsFor("control.example.org", IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("localhost", "127.0.0.1", true)]
    [InlineData("localhost", "::1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("localhost", "169.254.1.1", false)]
    public void An_address_that_is_listed_as_such_may_be_of_this_machine(string host, string address, bool mayBe) =>
        Assert.Equal(mayBe, ReachableAddress.IsFor(host, IPAddress.Parse(address)));
}
