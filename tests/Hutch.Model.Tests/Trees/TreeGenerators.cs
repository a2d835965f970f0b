using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests.Trees;

/// <summary>Random histories over few names, so that files and directories meet, and over many, so that pages are cut.</summary>
internal static class TreeGenerators
{
    /// <summary>Small limits: many levels with few entries.</summary>
    public static PageLimits[] Limits { get; } = [new(2, 4, 1), new(2, 7, 1), new(3, 9, 2), PageLimits.Standard];

    private static Gen<string> NarrowPart { get; } = Gen.Elements("a", "a-", "a.", "a0", "b", "é", "\uffee", "😀", "a\n", "aa");

    private static Gen<string> WidePart { get; } = Gen.Choose(0, 400).Select(i => $"{i:d4}");

    private static Gen<DatasetPath> Path { get; } =
        from depth in Gen.Frequency((3, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Constant(3)))
        from parts in Gen.Frequency((2, NarrowPart), (3, WidePart)).ArrayOf(depth)
        select DatasetPath.Parse(string.Join('/', parts)).Value;

    private static Gen<Entry> SmallEntry { get; } = Gen.Frequency(
        (6, Gen.Choose(0, 3).Select(i => Entry.File(BlobHash.Compute([(byte)i]), i, i))),
        (1, Gen.Constant(Entry.Link("target"))),
        (2, Gen.Constant(Entry.Directory())),
        (1, Generators.Entry));

    public static Gen<TreeChange[]> Batch { get; } =
        from size in Gen.Elements(1, 2, 3, 10, 60)
        from paths in Path.ArrayOf(size)
        from entries in SmallEntry.ArrayOf(size)
        from removals in Gen.Choose(0, 3).ArrayOf(size)
        select paths.Select((path, i) => new TreeChange(path, removals[i] == 0 ? null : entries[i])).DistinctBy(c => c.Path).ToArray();

    public static Gen<(PageLimits Limits, TreeChange[][] Batches)> History { get; } =
        from limits in Gen.Elements(Limits)
        from count in Gen.Choose(1, 8)
        from batches in Batch.ArrayOf(count)
        select (limits, batches);
}
