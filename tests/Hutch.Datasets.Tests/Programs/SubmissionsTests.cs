using Hutch.Datasets.Programs;
using Hutch.Model.Records;
using Hutch.Model.Site;

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

        Task added = submissions.AddAsync(Run(), first.Task, Ct);

        Assert.False(added.IsCompleted);
        first.SetResult(false);
        await added;
        Assert.True(submissions.IsRefusedBy("slurm"));
        Assert.False(submissions.IsRefusedBy("local"));
    }

    [Fact]
    public async Task Later_submissions_run_at_once_up_to_the_limit()
    {
        await using var submissions = new Submissions(most: 2);
        await submissions.AddAsync(Run(), Task.FromResult(true), Ct);
        TaskCompletionSource<bool> second = new(), third = new();

        Task other = submissions.AddAsync(Run(), second.Task, Ct);
        Assert.True(other.IsCompleted);
        Task full = submissions.AddAsync(Run(), third.Task, Ct);

        Assert.False(full.IsCompleted);
        third.SetResult(true);
        await full;
        Task ended = submissions.DisposeAsync().AsTask();
        Assert.False(ended.IsCompleted);
        second.SetResult(true);
        await ended;
    }

    [Fact]
    public async Task An_engine_that_refused_one_of_several_is_refusing_for_the_rest_of_the_step()
    {
        await using var submissions = new Submissions(most: 2);
        await submissions.AddAsync(Run(), Task.FromResult(true), Ct);
        TaskCompletionSource<bool> second = new(), third = new();
        await submissions.AddAsync(Run(), second.Task, Ct);

        second.SetResult(false);
        await submissions.AddAsync(Run(), third.Task, Ct);
        third.SetResult(true);

        Assert.True(submissions.IsRefusedBy("slurm"));
    }

    [Fact]
    public async Task A_run_that_is_refused_after_others_were_accepted_is_given_back_in_the_step()
    {
        await using var submissions = new Submissions(most: 2);
        RunTaskState second = Run();
        await submissions.AddAsync(Run(), Task.FromResult(true), Ct);
        var late = new TaskCompletionSource<bool>();
        await submissions.AddAsync(second, late.Task, Ct);
        Assert.Empty(submissions.TakeRefused());

        late.SetResult(false);
        await submissions.AddAsync(Run(), Task.FromResult(true), Ct);

        Assert.Equal([second], submissions.TakeRefused());
        Assert.Empty(submissions.TakeRefused());
    }

    private static RunTaskState Run() => new(Guid.NewGuid(), 1, "ada", "fit", "slurm", RunAttempt.None);
}
