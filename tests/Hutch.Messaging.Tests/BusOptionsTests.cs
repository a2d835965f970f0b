using System.ComponentModel.DataAnnotations;
using Hutch.Messaging.RabbitMq;

namespace Hutch.Messaging.Tests;

/// <summary>What is wrong in the section <c>bus</c> is said at the start.</summary>
public sealed class BusOptionsTests
{
    [Theory]
    [InlineData("rabbit", "'url' must be amqp://HOST:PORT/VHOST or amqps://HOST:PORT/VHOST.")]
    [InlineData("http://rabbit", "'url' must be amqp://HOST:PORT/VHOST or amqps://HOST:PORT/VHOST.")]
    [InlineData("amqp:///vhost", "'url' must be amqp://HOST:PORT/VHOST or amqps://HOST:PORT/VHOST.")]
    [InlineData("amqp://ada:secret@rabbit", "'url' has a user or a password in it: set 'user' and 'passwordFile' instead.")]
    [InlineData("amqp://rabbit/one/two", "'url' has more than a virtual host behind the host; write a slash in its name as %2F.")]
    [InlineData("amqp://rabbit?heartbeat=5", "'url' has more than a virtual host behind the host; write a slash in its name as %2F.")]
    public void An_address_that_is_none_is_refused(string url, string problem) =>
        Assert.Equal([problem], Problems(new BusOptions { Url = url, Password = "p" }));

    [Fact]
    public void A_password_is_needed_and_a_namespace_is_a_word()
    {
        Assert.Equal(
            [
                "'namespace' is 'a.b': it may have letters, digits and dashes, at most 64.",
                "'password' is missing: set 'passwordFile' to a file with the password of the broker's user.",
            ],
            Problems(new BusOptions { Url = "amqp://rabbit", Namespace = "a.b" }));
        Assert.Empty(Problems(new BusOptions()));
        Assert.False(new BusOptions().IsOn);
    }

    [Theory]
    [InlineData("amqp://rabbit", "amqp://rabbit:5672")]
    [InlineData("amqps://rabbit/", "amqps://rabbit:5671")]
    [InlineData("amqps://rabbit:7000/zocalo", "amqps://rabbit:7000/zocalo")]
    [InlineData("amqp://rabbit/%2Fa", "amqp://rabbit:5672//a")]
    public void The_broker_is_shown_with_its_port_and_virtual_host(string url, string shown)
    {
        var options = new BusOptions { Url = url, Password = "p" };

        Assert.Empty(Problems(options));
        Assert.Equal(shown, options.Shown);
    }

    private static IEnumerable<string?> Problems(BusOptions options) =>
        options.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage);
}
