using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests;

/// <summary>Random nouns: names that are hard on order, escaping and normalisation, and entries with every field.</summary>
internal static class Generators
{
    private static readonly string[] Pieces =
    [
        "a", "b", "ab", "a-", "a.", "a0", "-", ".", "0", "~", "A", " ", "\"", "\\", "\n", "\t", "\u0001", "\u001f", "\u007f", "é", "e\u0301", "ß",
        "ž", "\u0301", "한", "각", "\uf900", "\ufb2c", "\uffee", "\ue000", "😀", "\U0001d15e", "\u202e", "000001", "frame_",
    ];

    public static Gen<string> Part { get; } =
        from count in Gen.Choose(1, 4)
        from pieces in Gen.Elements(Pieces).ArrayOf(count)
        let part = string.Concat(pieces)
        where part is not ("." or "..")
        select part;

    public static Gen<DatasetPath> Path { get; } =
        from depth in Gen.Choose(1, 4)
        from parts in Part.ArrayOf(depth)
        let path = DatasetPath.Parse(string.Join('/', parts))
        where path.IsOk
        select path.Value;

    public static Gen<BlobHash> Hash { get; } = Gen.Choose(0, 255).ArrayOf(8).Select(b => BlobHash.Compute([.. b.Select(x => (byte)x)]));

    public static Gen<long> Time { get; } = Gen.OneOf(
        Gen.Constant(0L), Gen.Constant(-1L), Gen.Constant(long.MinValue), Gen.Constant(1_700_000_000_123_456_789L), Gen.Constant(long.MaxValue));

    public static Gen<ImmutableSortedDictionary<string, string>?> Metadata { get; } = Gen.OneOf(
        Gen.Constant<ImmutableSortedDictionary<string, string>?>(null),
        from count in Gen.Choose(1, 4)
        from names in Part.ArrayOf(count)
        from values in Part.ArrayOf(count)
        select names.Zip(values).DistinctBy(p => p.First)
            .ToImmutableSortedDictionary(p => p.First, p => p.Second, StringComparer.Ordinal)!);

    public static Gen<Entry> Entry { get; } =
        from kind in Gen.Frequency((6, Gen.Constant(EntryKind.File)), (2, Gen.Constant(EntryKind.SymbolicLink)), (1, Gen.Constant(EntryKind.EmptyDirectory)))
        from hash in Hash
        from size in Gen.Elements(0L, 1L, 4096L, 1L << 40)
        from time in Time
        from executable in Gen.Elements(true, false)
        from type in Gen.Elements(null, "text/plain", "application/x-hdf5; q=\"1\"")
        from target in Part
        from metadata in Metadata
        select kind switch
        {
            EntryKind.File => Model.Entry.File(hash, size, time, executable, type) with { UserMetadata = metadata },
            EntryKind.SymbolicLink => Model.Entry.Link(target, time) with { UserMetadata = metadata },
            _ => Model.Entry.Directory(time) with { UserMetadata = metadata },
        };
}
