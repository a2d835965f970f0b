using Hutch.Capture;
using Hutch.Client.Configuration;
using Hutch.Commands.Verbs.Frames;

namespace Hutch.Cli.Tests.Comparison;

/// <summary>The report of a trial beside another writer, over restarts of the capture.</summary>
public sealed class ShadowTrialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-shadow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_series_that_was_under_way_when_capture_was_restarted_has_one_line_that_says_so()
    {
        var told = new List<string>();
        var target = new CaptureTarget("1", "ada/scan-1", null!);
        foreach (int _ in Enumerable.Range(0, 2))
        {
            await using ShadowTrial trial = Open(told);
            trial.Resume(target);
            trial.Resume(target);
        }

        string line = Assert.Single(told);
        Assert.StartsWith("ada/scan-1 was not compared: It was under way when capture was restarted.", line, StringComparison.Ordinal);
        Assert.Single(File.ReadLines(Path.Combine(_folder, "shadow.jsonl")));
    }

    [Fact]
    public async Task A_series_of_this_capture_that_resumes_after_a_silence_is_reported_once()
    {
        var told = new List<string>();
        var target = new CaptureTarget("1", "ada/scan-1", null!);
        await using ShadowTrial trial = Open(told);

        trial.Begin(target, new NewSeries("scan-1", [], default, null, static _ => { }));
        trial.Resume(target);

        Assert.Contains("does not say visit", Assert.Single(told), StringComparison.Ordinal);
    }

    private ShadowTrial Open(List<string> told) => new(
        new Connection(new Uri("http://127.0.0.1:9/"), null), new ShadowFiles("{visit}.h5", null, static path => path),
        ShadowReport.Open(Path.Combine(_folder, "shadow.jsonl")), TimeProvider.System, told.Add);
}
