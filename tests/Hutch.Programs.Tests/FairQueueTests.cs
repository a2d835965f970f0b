using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Programs.Queue;

namespace Hutch.Programs.Tests;

public sealed class FairQueueTests
{
    [Fact]
    public void One_person_with_many_runs_delays_another_by_one_run_at_most()
    {
        var queue = new FairQueue([Run(1, "anna"), Run(2000, "bob")], [], 10, static _ => null);

        List<(long, string)> first = Take(queue, 1);
        queue.Add(Run(2, "anna"));

        Assert.Equal([(1L, "anna"), (2000, "bob"), (2, "anna")], [.. first, .. Take(queue, 2)]);
    }

    [Fact]
    public void The_oldest_run_of_a_person_comes_first_whatever_its_program()
    {
        var queue = new FairQueue([Run(7, "anna", "fit"), Run(3, "anna", "merge")], [], 10, static _ => null);

        Assert.Equal([(3L, "anna"), (7, "anna")], Take(queue, 3));
    }

    [Fact]
    public void Runs_that_engines_have_count()
    {
        var queue = new FairQueue([Run(3, "anna"), Run(4, "bob")], [Run(1, "anna"), Run(2, "anna")], 2, static _ => null);

        Assert.Equal([(4L, "bob")], Take(queue, 2));
    }

    [Fact]
    public void A_program_at_its_limit_does_not_hold_up_another_one()
    {
        var queue = new FairQueue(
            [Run(2, "anna", "big"), Run(3, "anna", "small")], [Run(1, "bob", "big")], 10, static name => name == "big" ? 1 : null);

        Assert.Equal([(3L, "anna")], Take(queue, 2));
    }

    [Fact]
    public void A_released_run_frees_its_place_and_is_not_taken_again()
    {
        var queue = new FairQueue([Run(1, "anna")], [], 1, static _ => null);
        RunTaskState first = queue.Take()!;
        queue.Add(Run(2, "anna"));
        Assert.Null(queue.Take());

        queue.Release(first);

        Assert.Equal([(2L, "anna")], Take(queue, 2));
    }

    private static List<(long, string)> Take(FairQueue queue, int most)
    {
        var taken = new List<(long, string)>();
        while (taken.Count < most && queue.Take() is { } run)
        {
            taken.Add((run.Sequence, run.Starter));
        }

        return taken;
    }

    private static RunTaskState Run(long sequence, string starter, string program = "fit") =>
        new(Guid.NewGuid(), sequence, starter, program, "local", RunAttempt.None);
}
