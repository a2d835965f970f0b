using Hutch.Federation.Copies;
using Hutch.Model.Zone;

namespace Hutch.Federation.Tests.Copies;

public sealed class FollowPauseTests
{
    [Fact]
    public void The_home_of_a_closed_dataset_is_asked_ever_less_often_and_at_least_once_an_hour()
    {
        TimeSpan pause = FollowPause.After(TimeSpan.Zero, isClosed: true, Complete(isNew: true));
        var minutes = new List<double> { pause.TotalMinutes };
        for (int i = 0; i < 8; i++)
        {
            pause = FollowPause.After(pause, isClosed: true, Complete(isNew: false));
            minutes.Add(pause.TotalMinutes);
        }

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 60, 60], minutes);
    }

    [Fact]
    public void The_home_of_an_empty_dataset_is_asked_often_at_first_since_its_first_files_come_within_moments()
    {
        TimeSpan pause = FollowPause.After(TimeSpan.Zero, isClosed: false, Complete(isNew: true) with { Files = 0 });
        var seconds = new List<double> { pause.TotalSeconds };
        for (int i = 0; i < 9; i++)
        {
            pause = FollowPause.After(pause, isClosed: false, Complete(isNew: false));
            seconds.Add(pause.TotalSeconds);
        }

        Assert.Equal([0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 30, 30], seconds);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void What_changes_or_may_change_is_followed_closely(bool isClosed, bool isNew) =>
        Assert.Equal(FollowPause.Shortest, FollowPause.After(FollowPause.Longest, isClosed, Complete(isNew)));

    [Theory]
    [InlineData(CopyStates.Refused)]
    [InlineData(CopyStates.Failed)]
    public void What_a_site_declines_is_not_asked_for_again_and_again(string state) =>
        Assert.Equal(
            FollowPause.Longest,
            FollowPause.After(
                TimeSpan.Zero, isClosed: false, new CopyProgress(state, null, null, null, null, 0, 0, "This site is read-only.")));

    private static CopyProgress Complete(bool isNew) => new(CopyStates.Complete, null, null, isNew ? 1 : null, null, 0, 0, null);
}
