using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Programs.Queue;

namespace Hutch.Programs.Tests;

public sealed class FairQueueTests
{
    private static readonly Dictionary<string, int> NoResources = [];

    [Fact]
    public void One_person_with_many_runs_delays_another_by_one_run_at_most()
    {
        var queue = new FairQueue([Run(1, "anna"), Run(2000, "bob")], [], 10, NoResources, static _ => ProgramShare.Usual);

        List<(long, string)> first = Take(queue, 1);
        queue.Add(Run(2, "anna"));

        Assert.Equal([(1L, "anna"), (2000, "bob"), (2, "anna")], [.. first, .. Take(queue, 2)]);
    }

    [Fact]
    public void The_oldest_run_of_a_person_comes_first_whatever_its_program()
    {
        var queue = new FairQueue([Run(7, "anna", "fit"), Run(3, "anna", "merge")], [], 10, NoResources, static _ => ProgramShare.Usual);

        Assert.Equal([(3L, "anna"), (7, "anna")], Take(queue, 3));
    }

    [Fact]
    public void Runs_that_engines_have_count()
    {
        var queue = new FairQueue([Run(3, "anna"), Run(4, "bob")], [Run(1, "anna"), Run(2, "anna")], 2, NoResources, static _ => ProgramShare.Usual);

        Assert.Equal([(4L, "bob")], Take(queue, 2));
    }

    [Fact]
    public void A_program_at_its_limit_does_not_hold_up_another_one()
    {
        var queue = new FairQueue(
            [Run(2, "anna", "big"), Run(3, "anna", "small")], [Run(1, "bob", "big")], 10, NoResources,
            static name => name == "big" ? new ProgramShare { Running = 1 } : ProgramShare.Usual);

        Assert.Equal([(3L, "anna")], Take(queue, 2));
    }

    [Fact]
    public void A_released_run_frees_its_place_and_is_not_taken_again()
    {
        var queue = new FairQueue([Run(1, "anna")], [], 1, NoResources, static _ => ProgramShare.Usual);
        RunTaskState first = queue.Take()!;
        queue.Add(Run(2, "anna"));
        Assert.Null(queue.Take());

        queue.Release(first);

        Assert.Equal([(2L, "anna")], Take(queue, 2));
    }

    [Fact]
    public void A_program_with_a_higher_priority_is_next_and_within_one_priority_accounts_take_turns()
    {
        var queue = new FairQueue(
            [Run(1, "anna"), Run(2, "anna", "urgent"), Run(3, "bob", "urgent"), Run(4, "bob")], [Run(0, "anna")], 10, NoResources,
            static name => new ProgramShare { Priority = name == "urgent" ? 5 : 0 });

        Assert.Equal([(3L, "bob"), (2, "anna"), (4, "bob"), (1, "anna")], Take(queue, 9));
    }

    [Fact]
    public void Runs_take_no_more_of_a_counted_resource_than_the_site_has_and_others_do_not_wait_for_them()
    {
        Dictionary<string, int> counted = new() { ["licence"] = 3 };
        var queue = new FairQueue(
            [Run(2, "anna", "fit"), Run(3, "bob", "fit"), Run(4, "cleo", "other"), Run(5, "dora", "foreign")], [Run(1, "anna", "fit")], 10,
            counted, static name => new ProgramShare
            {
                Uses = name == "other" ? NoResources : new Dictionary<string, int> { [name == "fit" ? "licence" : "unknown"] = 1 },
            });
        List<(long, string)> taken = Take(queue, 9);
        Assert.Equal([(3L, "bob"), (4, "cleo"), (2, "anna")], taken);

        // Three are taken: the next waits until one is given back.
        queue.Add(Run(6, "bob", "fit"));
        Assert.Null(queue.Take());
        queue.Release(Run(3, "bob", "fit"));
        Assert.Equal([(6L, "bob")], Take(queue, 9));
    }

    [Fact]
    public void Runs_that_may_take_more_than_their_payer_has_left_wait_and_hold_up_no_other_run()
    {
        var queue = new FairQueue(
            [Run(1, "anna", payer: "visit"), Run(2, "bob", payer: "visit"), Run(3, "anna", "other", "anna"), Run(4, "cleo")], [], 10,
            NoResources, static _ => ProgramShare.Usual)
        {
            TimeLeft = new Dictionary<string, long> { ["visit"] = 15, ["anna"] = 9 },
        };
        Assert.Equal([(1L, "anna"), (4, "cleo")], Take(queue, 9));

        queue.Release(Run(1, "anna", payer: "visit"));
        Assert.Equal([(2L, "bob")], Take(queue, 9));
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

    private static RunTaskState Run(long sequence, string starter, string program = "fit", string payer = "") =>
        new(Guid.NewGuid(), sequence, starter, program, "local", RunAttempt.None) { Payer = payer, MaxCoreMilliseconds = 10 };
}
