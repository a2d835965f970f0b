using System.Text;
using FsCheck.Fluent;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Simulation;

namespace Hutch.Storage.Tests.Segments;

public class JournalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_that_compaction_made_are_merged_into_the_one_order()
    {
        await using SegmentStore store = await OpenAsync();
        foreach (long sequence in new long[] { 1, 2, 3, 4, 5, 6 })
        {
            await store.AppendAsync(Lane.Main, Make.Group(sequence), Token);
        }

        await store.SealAsync(Token);
        await store.AppendAsync(Lane.Main, Copy(2, 5), Token);
        await store.AppendAsync(Lane.Main, Make.Group(7), Token);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], await Make.SequencesAsync(store, 0));
        Assert.Equal([5, 6, 7], await Make.SequencesAsync(store, 4));
        await store.RetireAsync(1, Token);
        Assert.Equal([2, 5, 7], await Make.SequencesAsync(store, 0));
        Assert.Equal([5, 7], await Make.SequencesAsync(store, 2));
        Assert.Empty(await Make.SequencesAsync(store, 7));
    }

    [Fact]
    public async Task Of_two_records_of_one_number_the_newer_copy_is_taken()
    {
        await using SegmentStore store = await OpenAsync();
        await store.AppendAsync(Lane.Main, Group("{\"seq\":1,\"v\":\"old\"}\n{\"seq\":2,\"v\":\"old\"}\n", 1, 2), Token);
        await store.SealAsync(Token);
        await store.AppendAsync(Lane.Main, Group("{\"seq\":1,\"v\":\"new\"}\n", 1, 1), Token);

        Assert.Equal("{\"seq\":1,\"v\":\"new\"}\n{\"seq\":2,\"v\":\"old\"}\n", await TextAsync(store));
    }

    [Fact]
    public async Task Groups_come_as_they_were_committed_when_nothing_overlaps()
    {
        await using SegmentStore store = await OpenAsync();
        await store.AppendAsync(Lane.Main, Group("{\"seq\":1,\"v\":1}\n{\"seq\":3,\"v\":2}\n", 1, 3), Token);
        await store.AppendAsync(Lane.Main, Make.Group(4), Token);
        List<JournalGroup> groups = [];
        await foreach (JournalGroup group in store.ReadJournalAsync(0, Token))
        {
            groups.Add(group);
        }

        Assert.Equal([(1, 3), (4, 4)], groups.Select(static g => (g.FirstSequence, g.LastSequence)));
        Assert.Equal("{\"seq\":1,\"v\":1}\n{\"seq\":3,\"v\":2}\n", Encoding.UTF8.GetString(groups[0].Lines.Span));
    }

    [Fact]
    public void Any_mixture_of_groups_copies_and_segments_is_one_rising_sequence()
    {
        // Each number: is it a new group (0), a copy of earlier ones (1, 2), or the end of a segment (3)?
        FsCheck.Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(Arb.From(Gen.Choose(0, 7).ListOf()), kinds => CheckMixtureAsync([.. kinds]).GetAwaiter().GetResult()));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{\"seq\":1}", 1, 1)]
    [InlineData("{\"seq\":2}\n", 1, 1)]
    [InlineData("{\"seq\":0}\n", 1, 1)]
    [InlineData("{\"seq\":2}\n{\"seq\":1}\n", 1, 2)]
    [InlineData("{\"seq\":1}\n{\"seq\":1}\n", 1, 2)]
    [InlineData("{\"k\":\"x\",\"seq\":1}\n", 1, 1)]
    [InlineData("{\"seq\":1}\n\n", 1, 2)]
    [InlineData("{\"seq\":\"1\"}\n", 1, 1)]
    public void Lines_that_are_no_journal_are_refused_before_anything_is_written(string lines, long first, long last)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new SegmentGroup().SetJournal(Encoding.UTF8.GetBytes(lines), first, last));
        Assert.Contains("The record lines are not a journal", e.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> CheckMixtureAsync(int[] kinds)
    {
        await using SegmentStore store = await OpenAsync();
        var random = new Random(kinds.Length);
        long last = 0;
        foreach (int kind in kinds)
        {
            if (kind == 3)
            {
                await store.SealAsync(CancellationToken.None);
            }
            else if (kind is 1 or 2 && last > 1)
            {
                long from = random.NextInt64(1, last);
                await store.AppendAsync(Lane.Main, Copy([.. Enumerable.Range((int)from, (int)Math.Min(kind * 3, last - from + 1)).Select(static i => (long)i)]), CancellationToken.None);
            }
            else
            {
                int count = 1 + random.Next(3);
                await store.AppendAsync(Lane.Main, Copy([.. Enumerable.Range((int)last + 1, count).Select(static i => (long)i)]), CancellationToken.None);
                last += count;
            }
        }

        long after = last == 0 ? 0 : random.NextInt64(last);
        List<long> found = await Make.SequencesAsync(store, after);
        return found.SequenceEqual(Enumerable.Range((int)after + 1, (int)(last - after)).Select(static i => (long)i));
    }

    private static SegmentGroup Copy(params long[] sequences)
    {
        var group = new SegmentGroup();
        group.SetJournal(Make.Lines(sequences), sequences[0], sequences[^1]);
        return group;
    }

    private static SegmentGroup Group(string lines, long first, long last)
    {
        var group = new SegmentGroup();
        group.SetJournal(Encoding.UTF8.GetBytes(lines), first, last);
        return group;
    }

    private static async Task<string> TextAsync(SegmentStore store)
    {
        var text = new StringBuilder();
        await foreach (JournalGroup group in store.ReadJournalAsync(0, Token))
        {
            text.Append(Encoding.UTF8.GetString(group.Lines.Span));
        }

        return text.ToString();
    }

    private static async Task<SegmentStore> OpenAsync()
    {
        var disk = new FaultyDisk();
        disk.CreateFolder("/data");
        return (await StoreWorkload.OpenAsync(disk, 1)).Store;
    }
}
