using Hutch.Client.Watching;
using Hutch.Disk.Folders;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Watching;

/// <summary>The decision that a file is finished.</summary>
public sealed class FinishedFilesTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly ShiftedTime _time = new();

    [Fact]
    public void A_file_is_finished_when_it_was_seen_unchanged_for_the_while()
    {
        FinishedFiles files = new(Quiet, _time, most: 10);

        Assert.False(Look(files, Status(1)));
        _time.Advance(Quiet / 2);
        Assert.False(Look(files, Status(1)));
        Assert.InRange(files.NextIn!.Value, Quiet / 2 - TimeSpan.FromSeconds(1), Quiet / 2);
        _time.Advance(Quiet / 2);
        Assert.True(Look(files, Status(1)));
    }

    [Fact]
    public void A_change_of_size_time_or_inode_begins_the_while_anew()
    {
        FinishedFiles files = new(Quiet, _time, most: 10);
        FileStatus first = Status(1);
        foreach (FileStatus changed in (FileStatus[])
            [first with { Size = 2 }, first with { ModifiedNanoseconds = 2 }, first with { ChangedNanoseconds = 2 }, first with { Inode = 2 }])
        {
            Look(files, first);
            _time.Advance(Quiet);
            Assert.False(Look(files, changed));
            _time.Advance(Quiet / 2);
            Assert.False(Look(files, changed));
        }
    }

    [Fact]
    public void A_clock_that_jumps_finishes_no_file()
    {
        FinishedFiles files = new(Quiet, _time, most: 10);
        Look(files, Status(1));

        _time.Jump(TimeSpan.FromDays(30));

        Assert.False(Look(files, Status(1)));
        _time.Jump(-TimeSpan.FromDays(60));
        _time.Advance(Quiet);
        Assert.True(Look(files, Status(1)));
    }

    [Fact]
    public void A_file_not_newer_than_its_marker_is_finished_at_once_and_a_newer_one_after_the_quiet_time()
    {
        FinishedFiles files = new(Quiet, _time, most: 10);

        Assert.True(Look(files, Status(modified: 5), marked: 5));
        Assert.False(Look(files, Status(modified: 6), marked: 5));
        _time.Advance(Quiet);
        Assert.True(Look(files, Status(modified: 6), marked: 5));
    }

    [Fact]
    public void No_more_files_are_remembered_than_allowed_and_those_that_are_gone_are_forgotten()
    {
        FinishedFiles files = new(Quiet, _time, most: 1);
        files.Begin();
        Assert.False(files.IsFinished("a", Status(1), null));
        Assert.False(files.IsFinished("b", Status(1), null));
        files.End();
        Assert.Equal(2, files.Waiting);
        _time.Advance(Quiet);
        files.Begin();
        Assert.True(files.IsFinished("a", Status(1), null));
        Assert.False(files.IsFinished("b", Status(1), null));
        files.End();
        files.Begin();
        Assert.False(files.IsFinished("b", Status(1), null));
        files.End();
        files.Begin();
        Assert.False(files.IsFinished("b", Status(1), null));
        files.End();
        _time.Advance(Quiet);
        files.Begin();

        Assert.True(files.IsFinished("b", Status(1), null));
    }

    private static FileStatus Status(long modified) => new(FileType.File, 1, 1, modified, 1, 1, 1, 0, 0);

    private static bool Look(FinishedFiles files, FileStatus status, long? marked = null)
    {
        files.Begin();
        bool isFinished = files.IsFinished("a", status, marked);
        files.End();
        return isFinished;
    }
}
