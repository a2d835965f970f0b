using Hutch.Client.Http;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Http;

public sealed class ServerOutageTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _told = [];

    [Fact]
    public void Requests_wait_as_long_as_was_asked_and_the_wait_is_announced_once()
    {
        ServerOutage outage = Outage(TimeSpan.FromSeconds(7));
        var delays = new List<double>();
        while (outage.DelayAfterFailure(unknownName: false) is { } delay)
        {
            delays.Add(delay.TotalSeconds);
            _time.Advance(delay);
        }

        Assert.Equal([3, 3, 1], delays);
        Assert.True(outage.IsOver);
        Assert.Equal(["hutch:1 does not answer; waiting up to 7 s."], _told);
    }

    [Fact]
    public void An_answer_ends_the_outage_and_the_next_one_has_the_whole_wait()
    {
        ServerOutage outage = Outage(TimeSpan.FromMinutes(2));
        outage.DelayAfterFailure(unknownName: false);
        _time.Advance(TimeSpan.FromMinutes(1.9));

        outage.Answered();
        outage.Answered();
        outage.DelayAfterFailure(unknownName: false);
        _time.Advance(TimeSpan.FromMinutes(1.9));

        Assert.NotNull(outage.DelayAfterFailure(unknownName: false));
        Assert.Equal(
            ["hutch:1 does not answer; waiting up to 2 min.", "hutch:1 answers again.", "hutch:1 does not answer; waiting up to 2 min."],
            _told);
    }

    [Fact]
    public void A_name_without_an_address_is_waited_for_only_after_it_had_one()
    {
        ServerOutage outage = Outage(TimeSpan.FromMinutes(2));

        TimeSpan? before = outage.DelayAfterFailure(unknownName: true);
        outage.Answered();
        TimeSpan? after = outage.DelayAfterFailure(unknownName: true);

        Assert.Null(before);
        Assert.NotNull(after);
    }

    [Fact]
    public void Without_a_wait_a_failure_is_final_and_nothing_is_announced()
    {
        Assert.Null(Outage(TimeSpan.Zero).DelayAfterFailure(unknownName: false));
        Assert.Empty(_told);
    }

    private ServerOutage Outage(TimeSpan wait) => new("hutch:1", wait, _time, _told.Add);
}
