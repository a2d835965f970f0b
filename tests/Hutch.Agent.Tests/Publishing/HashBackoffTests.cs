using Hutch.Agent.Publishing;
using Hutch.Agent.Watching;
using Hutch.Testing.Clocks;

namespace Hutch.Agent.Tests.Publishing;

public sealed class HashBackoffTests
{
    private static readonly FolderScanResult Result = new([], [], [], 0, new HashSet<string>(), 3, 30, 1, NextScan.OnChange, TimeSpan.Zero);

    [Fact]
    public void Checks_of_files_without_hashes_slow_down_to_one_every_five_minutes()
    {
        var time = new ShiftedTime();
        var wait = new HashBackoff(time);
        var waits = new List<double>();

        for (TimeSpan passed = TimeSpan.Zero; passed < TimeSpan.FromHours(2);)
        {
            TimeSpan next = wait.After(Result, 1);
            waits.Add(next.TotalSeconds);
            passed += next;
            time.Advance(next);
        }

        Assert.Equal(2, waits[0], 1.0);
        Assert.Equal(waits.Order(), waits);
        Assert.Equal(300, waits[^1]);
        Assert.InRange(waits.Count, 40, 100);
    }

    [Fact]
    public void It_begins_anew_when_a_file_is_hashed_or_changes()
    {
        var time = new ShiftedTime();
        var wait = new HashBackoff(time);
        wait.After(Result, 2);
        time.Advance(TimeSpan.FromHours(2));
        TimeSpan late = wait.After(Result, 2);

        TimeSpan hashed = wait.After(Result, 1);
        time.Advance(TimeSpan.FromHours(2));
        TimeSpan changed = wait.After(Result with { NewestNanoseconds = 2 }, 1);

        Assert.Equal((300, 2, 2), (late.TotalSeconds, hashed.TotalSeconds, changed.TotalSeconds));
    }
}
