using Hutch.Datasets.Replication.Sites;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Links;

public sealed class SiteContactsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_site_that_is_silent_for_five_seconds_is_disconnected()
    {
        var contacts = new SiteContacts(_time);
        contacts.RecordBeat("a", Beat(TimeSpan.Zero), null, TimeSpan.FromMinutes(1));

        _time.Advance(TimeSpan.FromSeconds(4.9));
        bool before = contacts.Find("a")!.IsConnected;
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.True(before);
        Assert.False(contacts.Find("a")!.IsConnected);
    }

    [Fact]
    public void A_site_without_any_contact_is_unknown() => Assert.Null(new SiteContacts(_time).Find("a"));

    [Fact]
    public void What_was_heard_is_written_down_now_and_then()
    {
        var contacts = new SiteContacts(_time);

        bool first = contacts.RecordBeat("a", Beat(TimeSpan.Zero), null, TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(59));
        bool second = contacts.RecordBeat("a", Beat(TimeSpan.Zero), null, TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(1));
        bool third = contacts.RecordBeat("a", Beat(TimeSpan.Zero), null, TimeSpan.FromSeconds(60));

        Assert.Equal((true, false, true), (first, second, third));
    }

    [Fact]
    public void A_site_that_is_dialled_elsewhere_may_say_so_at_once_and_again_after_a_while()
    {
        var contacts = new SiteContacts(_time);

        bool first = contacts.TryMove("a", TimeSpan.FromSeconds(60));
        bool other = contacts.TryMove("b", TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(59));
        bool second = contacts.TryMove("a", TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(1));
        bool third = contacts.TryMove("a", TimeSpan.FromSeconds(60));

        Assert.Equal((true, true, false, true), (first, other, second, third));
    }

    [Fact]
    public void A_clock_that_runs_away_is_seen_with_the_next_beat()
    {
        var contacts = new SiteContacts(_time);

        contacts.RecordBeat("a", Beat(TimeSpan.FromHours(1)), null, TimeSpan.FromMinutes(1));

        SiteContact contact = contacts.Find("a")!;
        Assert.True(contact is { IsClockOff: true, IsConnected: true });
        Assert.Equal(TimeSpan.FromHours(1), contact.ClockAhead);
    }

    private BeatRequest Beat(TimeSpan ahead) =>
        new() { Release = "1.0.0", Time = _time.GetUtcNow() + ahead };
}
