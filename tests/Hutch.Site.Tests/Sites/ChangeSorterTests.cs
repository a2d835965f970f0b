using FsCheck;
using FsCheck.Fluent;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Site.Write.Pushes;

namespace Hutch.Site.Tests.Sites;

/// <summary>Changes in any order come out in the order of their paths, removals and puts apart.</summary>
public sealed class ChangeSorterTests
{
    private const string Folder = "/data";

    private readonly FaultyDisk _disk = new();

    public ChangeSorterTests() => _disk.CreateFolder(Folder);

    [Fact]
    public void Whatever_the_order_and_the_portions_the_paths_come_out_sorted()
    {
        Gen<(int[] Order, int Run)> cases =
            from count in Gen.Choose(0, 300)
            from order in Gen.Shuffle(Enumerable.Range(0, count))
            from run in Gen.Choose(1, 100)
            select (order.ToArray(), run);
        Prop.ForAll(cases.ToArbitrary(), one => Check(one.Order, one.Run)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_path_that_is_changed_twice_is_refused_however_far_apart()
    {
        using var sorter = new ChangeSorter(NewFile, runChanges: 2);
        sorter.Add([Put(1), Put(2)]);
        sorter.Add([Put(3), Removal(1)]);

        HutchError refusal = sorter.Read(removals: true, 10).Last().Error!;

        Assert.Equal(ErrorCode.InvalidBody, refusal.Code);
        Assert.Contains("is changed twice", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_larger_than_the_read_buffer_is_returned_whole()
    {
        using var sorter = new ChangeSorter(NewFile, runChanges: 1);
        var large = new TreeChange(DatasetPath.Parse("large").Value, Entry.Link(new string('x', 4000)));
        for (int i = 0; i < 100; i++)
        {
            sorter.Add([Put(i)]);
        }

        sorter.Add([large]);

        Assert.Equal(large, Sorted(sorter, removals: false)[^1]);
    }

    [Fact]
    public void Nothing_is_left_of_the_file_but_what_was_not_taken_away()
    {
        using (var sorter = new ChangeSorter(NewFile, runChanges: 1))
        {
            sorter.Add([Put(1)]);
            Assert.Empty(_disk.ListFiles(Folder));
        }

        _disk.Open($"{Folder}/.scratch-left", DiskAccess.CreateNew).Dispose();
        _disk.Open($"{Folder}/VERSION", DiskAccess.CreateNew).Dispose();
        ScratchFile.DeleteLeftOvers(_disk, Folder);

        Assert.Equal(["VERSION"], _disk.ListFiles(Folder));
    }

    private static TreeChange Put(int number) => new(PathOf(number), Entry.Link($"target {number}"));

    private static TreeChange Removal(int number) => new(PathOf(number), null);

    // Not in the order of the numbers, and some with characters beyond ASCII.
    private static DatasetPath PathOf(int number) => DatasetPath.Parse($"{number % 7}/{(number % 3 == 0 ? "é" : "x")}{number}").Value;

    private static List<TreeChange> Sorted(ChangeSorter sorter, bool removals) =>
        [.. sorter.Read(removals, 10).SelectMany(static portion => portion.Value)];

    private IDiskFile NewFile() => ScratchFile.Open(_disk, Folder, Guid.NewGuid());

    private bool Check(int[] order, int run)
    {
        using var sorter = new ChangeSorter(NewFile, run);
        TreeChange[] changes = [.. order.Select(static number => number % 4 == 0 ? Removal(number) : Put(number))];
        foreach (TreeChange[] portion in changes.Chunk(37))
        {
            sorter.Add(portion);
        }

        return Sorted(sorter, removals: true).SequenceEqual(changes.Where(static change => change.Entry is null).OrderBy(static change => change.Path))
            && Sorted(sorter, removals: false).SequenceEqual(changes.Where(static change => change.Entry is not null).OrderBy(static change => change.Path));
    }
}
