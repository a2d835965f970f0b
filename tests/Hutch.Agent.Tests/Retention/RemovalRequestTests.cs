using System.Text;
using Hutch.Agent.Retention;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Retention;

public sealed class RemovalRequestTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("DeniedProviders:", false)]
    [InlineData("DeniedProviders: []", false)]
    [InlineData("DeniedProviders: [secondary]", false)]
    [InlineData("DeniedProviders: [primary]", true)]
    [InlineData("DeniedProviders: [secondary, \"primary\"]", true)]
    [InlineData("DeniedProviders: primary", true)]
    public void Primary_among_the_denied_providers_asks_that_the_files_leave(string block, bool asks) =>
        Assert.Equal(new RemovalRequest(asks, null), Read(block));

    [Theory]
    [InlineData("never", null)]
    [InlineData("now", "2026-11-20T08:00:00Z")]
    [InlineData("2030-01-31", "2030-01-31T00:00:00Z")]
    [InlineData("2030-01-31T12:30", "2030-01-31T12:30:00Z")]
    [InlineData("2030-01-31 12:30:15", "2030-01-31T12:30:15Z")]
    [InlineData("2030-01-31T12:30:15+01:00", "2030-01-31T11:30:15Z")]
    [InlineData("2030-01-31T12:30:15.250000", "2030-01-31T12:30:15.25Z")]
    [InlineData("60d", "2027-01-19T08:00:00Z")]
    [InlineData("2y", "2028-11-20T08:00:00Z")]
    public void The_time_is_read_as_people_and_fs2od_write_it(string text, string? end)
    {
        RemovingTime removing = Read($"RemovingTime: {text}").Removing!;

        Assert.Equal(end is null ? null : DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture), removing.From(Rules.Ended));
    }

    [Fact]
    public void The_end_state_is_known()
    {
        Assert.True(Read("RemovingTime: removed").IsRemoved);
        Assert.False(Read("RemovingTime: now").IsRemoved);
    }

    /// <summary>mission 1.1: fs2od writes it when the time is over, and takes 'primary' out of the list.</summary>
    [Fact]
    public void A_removal_that_fs2od_began_is_one_that_was_asked_for() =>
        Assert.Equal(new RemovalRequest(true, new RemovingTime(RemovingKind.Now)), Read("DeniedProviders: []\nRemovingTime: transfers"));

    [Theory]
    [InlineData("RemovingTime: soon", "'RemovingTime': 'soon' is not a time: write never, now, a date (2030-01-31), a time (2030-01-31T12:00:00Z), or a time span from the end of the acquisition (60d). The files stay until it is corrected.")]
    [InlineData("RemovingTime: 2030-02-31", "'RemovingTime': '2030-02-31' is not a time")]
    [InlineData("RemovingTime: [now]", "'RemovingTime' must be one value, such as never.")]
    [InlineData("DeniedProviders: {primary: 1}", "'DeniedProviders' must be a list such as [primary].")]
    public void An_unreadable_removal_request_is_reported(string block, string problem)
    {
        RemovalRequest removal = Read(block);

        Assert.Null(removal.Removing);
        Assert.StartsWith(problem, removal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_have_the_names_of_the_configuration()
    {
        var keys = new BlockOptions { DeniedProviders = "Denied", RemovingTime = "Until" };

        RemovalRequest removal = RemovalRequest.Read(Block("Denied: [primary]\nUntil: never\nRemovingTime: soon"), keys);

        Assert.Equal(new RemovalRequest(true, new RemovingTime(RemovingKind.Never)), removal);
        Assert.Equal(RemovalRequest.None, RemovalRequest.Read(null, keys));
    }

    private static RemovalRequest Read(string block) => RemovalRequest.Read(Block(block), new BlockOptions());

    private static YamlMap Block(string lines) => YamlReader.Read(Encoding.UTF8.GetBytes("a: 1\n" + lines + "\n"), new YamlLimits()).Value;
}
