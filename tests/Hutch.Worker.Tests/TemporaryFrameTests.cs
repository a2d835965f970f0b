using System.Text.Json;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Storage;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>Frames of a temporary dataset that made room before or while a run reads them.</summary>
public sealed class TemporaryFrameTests
{
    private const int Frames = 8;

    [Theory]
    [InlineData(FrameHeader.EntryPath, true)]
    [InlineData(FrameHeader.UsualMaskEntry, true)]
    [InlineData("header.data", false)]
    [InlineData("scan/header", false)]
    [InlineData("000001", false)]
    public void Entries_read_with_every_frame_are_distinguished_from_frames(string path, bool isOfHeader) =>
        Assert.Equal(isOfHeader, FrameName.IsOfHeader(path));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_frame_that_expired_early_gets_an_error_row_and_the_run_completes(bool meanwhile)
    {
        await using LiveSite live = await LiveSite.OpenAsync(options: new SiteOptions
        {
            Segments = new SegmentOptions { ReserveBytes = 1 << 20, SegmentBytes = 1 << 20 },
            Lifecycle = new LifecycleOptions { MaxTemporaryBytes = 4 << 20 },
        });
        SiteDataset input = (await live.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = "grid", By = "anna", TransientDays = 1 }, LiveSite.Ct)).Value;
        await live.PutAsync(input.Id, "header", new byte[10]);
        for (int number = 1; number <= Frames; number++)
        {
            var frame = new byte[900_000];
            frame[0] = (byte)number;
            await live.PutAsync(input.Id, FrameName.For(number), frame);
        }

        var step = new FakeStep { MaxFrameBytes = 1 << 24, WaitsFrom = 1 };
        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        if (meanwhile)
        {
            live.Work(step);
        }

        long gone = (await live.Site.TemporaryDataLimit.CheckAsync(LiveSite.Ct)).Files;
        if (!meanwhile)
        {
            live.Work(step);
        }

        step.Gate.Set();
        SiteRun ended = await live.EndOfAsync(run);
        List<JsonElement> rows = await live.AllRowsAsync(run);

        Assert.Equal("done", ended.Outcome);
        Assert.Equal(Frames, rows.Count);
        string?[] errors = [.. rows.Select(static row => row.TryGetProperty("error", out JsonElement error) ? error.GetString() : null)];
        Assert.InRange(gone, 2, Frames);
        Assert.InRange(errors.Count(static error => error is not null), meanwhile ? 0 : 1, (int)gone);
        Assert.All(errors.OfType<string>(), static error => Assert.Contains("made room", error, StringComparison.Ordinal));
        Assert.Null(errors[^1]);
    }
}
