using Hutch.Federation.Copies;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Replication.Copies;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

/// <summary>When which copy is brought next.</summary>
public sealed class CopyScheduleTests
{
    private const string Home = "facility";
    private const string Own = "archive";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly CopySchedule _schedule;

    public CopyScheduleTests() => _schedule = new CopySchedule(new CopyFreshness(_time), _time);

    [Fact]
    public void What_was_never_tried_is_due_and_what_was_brought_is_due_after_its_pause()
    {
        AssignedCopy copy = Copy();
        bool isDueFirst = IsDue(copy);

        Bring(copy, new HomeHint(false, true));
        bool isDueThen = IsDue(copy);
        _time.Advance(Pause);

        Assert.True(isDueFirst);
        Assert.False(isDueThen);
        Assert.True(IsDue(copy));
    }

    [Theory]
    [InlineData(true, true, false, true, true)]
    [InlineData(false, true, false, false, true)]
    [InlineData(false, true, false, true, false)]
    [InlineData(false, false, false, true, false)]
    [InlineData(true, true, true, true, false)]
    public void A_copy_is_due_at_once_when_its_home_says_that_it_is_closed_or_has_files_and_it_is_not_so_here(
        bool isClosedThere, bool hasFilesThere, bool isClosedHere, bool hasFilesHere, bool isDue)
    {
        AssignedCopy copy = Copy();
        Bring(copy, new HomeHint(isClosedHere, hasFilesHere));

        _schedule.AddHint(copy.Name.Dataset, new HomeHint(isClosedThere, hasFilesThere));

        Assert.Equal(isDue, IsDue(copy));
    }

    [Fact]
    public void A_false_hint_of_a_home_causes_only_one_attempt()
    {
        AssignedCopy copy = Copy();
        var claim = new HomeHint(true, true);
        Bring(copy, new HomeHint(false, true));
        _schedule.AddHint(copy.Name.Dataset, claim);

        Bring(copy, new HomeHint(false, true), heard: claim);
        _schedule.AddHint(copy.Name.Dataset, claim);

        Assert.False(IsDue(copy));
    }

    [Fact]
    public void A_hint_of_a_failing_home_does_not_shorten_the_retry_delay()
    {
        AssignedCopy copy = Copy();
        _schedule.RecordAttempt(copy.Name.Dataset, _schedule.After(_schedule.TryOf(copy.Name.Dataset), default, copy, null));

        _schedule.AddHint(copy.Name.Dataset, new HomeHint(true, true));

        Assert.False(IsDue(copy));
    }

    [Fact]
    public void A_copy_that_was_taken_back_and_is_asked_for_again_is_due_at_once()
    {
        AssignedCopy copy = Copy();
        Bring(copy, new HomeHint(true, true));

        Assert.True(IsDue(copy with { AskedAt = copy.AskedAt.AddSeconds(1) }));
    }

    [Fact]
    public void Of_two_hundred_copies_those_that_are_due_within_a_second_are_waited_for_together()
    {
        AssignedCopy[] copies = [.. Enumerable.Range(0, 200).Select(_ => Copy())];
        foreach (AssignedCopy copy in copies)
        {
            Bring(copy, new HomeHint(false, true));
            _time.Advance(TimeSpan.FromMilliseconds(Pause.TotalMilliseconds / copies.Length));
        }

        int looks = 0;
        TimeSpan passed = TimeSpan.Zero;
        while (passed < Pause)
        {
            TimeSpan rest = copies.Min(copy => _schedule.Rest(copy, Own));
            _time.Advance(rest);
            passed += rest;
            looks++;
            foreach (AssignedCopy copy in copies.Where(IsDue))
            {
                Bring(copy, new HomeHint(false, true));
            }
        }

        Assert.InRange(looks, 20, 33);
    }

    [Fact]
    public void Copies_that_are_no_longer_wanted_leave_the_schedule()
    {
        AssignedCopy copy = Copy();
        Bring(copy, new HomeHint(false, true));

        _schedule.RemoveOthers(new HashSet<DatasetId>());

        Assert.Empty(_schedule.Open());
        Assert.True(IsDue(copy));
    }

    private static AssignedCopy Copy()
    {
        DateTimeOffset at = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
        var owner = new PrincipalRecord(new PrincipalId(Guid.NewGuid()), PrincipalKind.User, "ada");
        var name = new NameRecord(
            new DatasetId(Guid.NewGuid()), owner, "scan", new Visibility(Rights.None, null), at, new HomeRecord(Home, 1));
        return new AssignedCopy(name, at);
    }

    private bool IsDue(AssignedCopy copy) => _schedule.Left(copy, Own) <= TimeSpan.Zero;

    private void Bring(AssignedCopy copy, HomeHint here, HomeHint heard = default)
    {
        DatasetId dataset = copy.Name.Dataset;
        _schedule.RecordAttempt(
            dataset, _schedule.After(_schedule.TryOf(dataset), default, copy, Pause) with { LocalHint = here, RemoteHint = heard });
    }
}
