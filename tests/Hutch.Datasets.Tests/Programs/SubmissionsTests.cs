using Hutch.Datasets.Programs;

namespace Hutch.Datasets.Tests.Programs;

/// <summary>Several submissions to engines at once.</summary>
public sealed class SubmissionsTests
{
    private readonly Submissions _submissions = new(most: 2);

    [Fact]
    public async Task The_first_submission_to_an_engine_is_awaited_alone()
    {
        var first = new TaskCompletionSource<bool>();

        Task<bool> added = _submissions.AddAsync("slurm", first.Task);

        Assert.False(added.IsCompleted);
        first.SetResult(false);
        Assert.False(await added);
        Assert.True(_submissions.IsRefusedBy("slurm"));
        Assert.False(_submissions.IsRefusedBy("local"));
    }

    [Fact]
    public async Task Later_submissions_run_at_once_up_to_the_limit()
    {
        await _submissions.AddAsync("slurm", Task.FromResult(true));
        TaskCompletionSource<bool> second = new(), third = new();

        Assert.True(await _submissions.AddAsync("slurm", second.Task));
        Task<bool> full = _submissions.AddAsync("slurm", third.Task);

        Assert.False(full.IsCompleted);
        third.SetResult(true);
        Assert.True(await full);
        Assert.False(_submissions.EndAsync().IsCompleted);
        second.SetResult(true);
        await _submissions.EndAsync();
    }

    [Fact]
    public async Task An_engine_that_refused_one_of_several_is_refusing_for_the_rest_of_the_step()
    {
        await _submissions.AddAsync("slurm", Task.FromResult(true));
        TaskCompletionSource<bool> second = new(), third = new();
        await _submissions.AddAsync("slurm", second.Task);

        second.SetResult(false);
        await _submissions.AddAsync("slurm", third.Task);
        third.SetResult(true);

        Assert.True(_submissions.IsRefusedBy("slurm"));
        await _submissions.EndAsync();
    }
}
