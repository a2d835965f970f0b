using FsCheck;
using FsCheck.Fluent;
using Hutch.Detectors.DectrisStream;

namespace Hutch.Detectors.Tests.DectrisStream;

/// <summary>What becomes of the copies of a stream whose reader is slow, or away.</summary>
public sealed class StreamCopiesTests
{
    private const int MaxImages = 4;
    private const int MaxSeries = 3;

    [Fact]
    public void Start_and_end_of_a_series_outlast_its_images()
    {
        using var copies = new StreamCopies(MaxImages);
        var run = new CopiesRun(copies);

        run.Start("a");
        for (int image = 0; image < 10; image++)
        {
            run.Image("a");
        }

        run.End("a");

        Assert.Equal(["start a", "image a 0", "image a 1", "image a 2", "image a 3", "copies a: 6 dropped, last 9", "end a"], run.TakeAll());
        Assert.Equal(6, copies.Dropped);
    }

    [Fact]
    public void A_series_that_finds_too_many_waiting_is_dropped_as_a_whole()
    {
        using var copies = new StreamCopies(MaxImages, maxSeries: 2);
        var run = new CopiesRun(copies);
        foreach (string series in new[] { "a", "b", "c" })
        {
            run.Start(series);
            run.Image(series);
            run.End(series);
        }

        Assert.DoesNotContain(run.TakeAll(), copy => copy.Contains(" c", StringComparison.Ordinal));
        Assert.Equal((1, 3), (copies.DroppedSeries, copies.Dropped));

        run.Start("d");
        Assert.Equal(["start d"], run.TakeAll());
    }

    [Fact]
    public void A_series_that_was_dropped_stays_so_when_there_is_room_again()
    {
        using var copies = new StreamCopies(MaxImages, maxSeries: 1);
        var run = new CopiesRun(copies);
        run.Start("a");
        run.Start("b");
        run.TakeAll();

        run.Image("b");
        run.End("b");

        Assert.Empty(run.TakeAll());
    }

    [Fact]
    public void Starts_are_bounded_by_their_bytes_and_a_large_one_passes_alone()
    {
        using var copies = new StreamCopies(MaxImages, maxStartBytes: 100);
        var run = new CopiesRun(copies);

        run.Start("large", padding: 1000);
        run.Start("b");
        Assert.Equal(["start large"], run.TakeAll());

        run.Start("c");
        Assert.Equal(["start c"], run.TakeAll());
    }

    [Fact]
    public void A_start_that_comes_again_and_again_takes_no_more_room_than_images()
    {
        using var copies = new StreamCopies(MaxImages);
        var run = new CopiesRun(copies);
        for (int i = 0; i < 100; i++)
        {
            run.Start("a");
        }

        Assert.Equal(1 + MaxImages, copies.Waiting);
    }

    [Fact]
    public void Unrecognised_messages_are_copied_while_the_buffer_has_space()
    {
        using var copies = new StreamCopies(MaxImages);
        for (int i = 0; i < 10; i++)
        {
            copies.Add([new StreamBuffer(3)]);
            copies.Add([new StreamBuffer(3), new StreamBuffer(5)]);
        }

        Assert.Equal((MaxImages, 16), (copies.Waiting, copies.Dropped));
    }

    [Fact]
    public void Any_sequence_of_messages_and_reads_copies_series_in_order_and_reports_missing_messages() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Act, byte Of)[]>(), acts =>
        {
            using var copies = new StreamCopies(MaxImages, MaxSeries);
            var run = new CopiesRun(copies);
            foreach ((byte act, byte of) in acts)
            {
                run.Do(act, of);
                Assert.InRange(copies.Waiting, 0, MaxImages + (3 * MaxSeries) + (2 * CopiesRun.MaxOpen)); // ends of series that had room when they began
            }

            run.TakeAll();
            run.Check();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(200));
}
