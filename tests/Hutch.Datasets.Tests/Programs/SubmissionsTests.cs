using Hutch.Datasets.Programs;

namespace Hutch.Datasets.Tests.Programs;

/// <summary>Several submissions to engines at once.</summary>
public sealed class SubmissionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_submission_to_an_engine_is_awaited_alone()
    {
        await using var submissions = new Submissions(most: 2);
        var first = new TaskCompletionSource<bool>();

        Task<bool> added = submissions.AddAsync("slurm", first.Task, Ct);

        Assert.False(added.IsCompleted);
        first.SetResult(false);
        Assert.False(await added);
        Assert.True(submissions.IsRefusedBy("slurm"));
        Assert.False(submissions.IsRefusedBy("local"));
    }

    [Fact]
    public async Task Latersubmissions_run_at_once_up_to_the_limit()
    {
        await using var submissions = new Submissions(most: 2);
        await submissions.AddAsync("slurm", Task.FromResult(true), Ct);
        TaskCompletionSource<bool> second = new(), third = new();

        Assert.True(await submissions.AddAsync("slurm", second.Task, Ct));
        Task<bool> full = submissions.AddAsync("slurm", third.Task, Ct);

        Assert.False(full.IsCompleted);
        third.SetResult(true);
        Assert.True(await full);
        Task ended = submissions.DisposeAsync().AsTask();
        Assert.False(ended.IsCompleted);
        second.SetResult(true);
        await ended;
    }

    [Fact]
    public async Task An_engine_that_refused_one_of_several_is_refusing_for_the_rest_of_the_step()
    {
        await using var submissions = new Submissions(most: 2);
        await submissions.AddAsync("slurm", Task.FromResult(true), Ct);
        TaskCompletionSource<bool> second = new(), third = new();
        await submissions.AddAsync("slurm", second.Task, Ct);

        second.SetResult(false);
        await submissions.AddAsync("slurm", third.Task, Ct);
        third.SetResult(true);

        Assert.True(submissions.IsRefusedBy("slurm"));
    }
}
