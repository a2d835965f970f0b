using System.Collections.Immutable;
using Hutch.Model.Json;

namespace Hutch.Model;

/// <summary>
/// The content of a dataset at one path: a file, a symbolic link or an empty directory, with all attributes that a door can set.
/// </summary>
/// <remarks>Immutable. Two entries are equal if all their fields are equal; user metadata is compared by content.</remarks>
[JsonConverter(typeof(EntryJsonConverter))]
public sealed record Entry
{
    /// <summary>Converts between times of files, in nanoseconds, and times of records, in milliseconds.</summary>
    public const long NanosecondsPerMillisecond = 1_000_000;

    public required EntryKind Kind { get; init; }

    /// <summary>For a file: the hash of its bytes; while <see cref="IsPending"/>, an identifier of this version of the file.</summary>
    public BlobHash Hash { get; init; }

    /// <summary>True if a file's bytes are in a facility's folder and not hashed: an entry of a head's overlay, never of a tree.</summary>
    public bool IsPending { get; init; }

    /// <summary>For a file: its size in bytes. For a link: 0.</summary>
    public long Size { get; init; }

    /// <summary>For a link: its target, as written.</summary>
    public string? Target { get; init; }

    /// <summary>The time of the last modification (<see cref="EntryTime"/>); 0 if unknown.</summary>
    public long ModifiedNanoseconds { get; init; }

    /// <summary>For a file: true if its owner may execute it.</summary>
    public bool Executable { get; init; }

    /// <summary>For a file: its media type, or null if unknown.</summary>
    public string? ContentType { get; init; }

    /// <summary>Names and values that the user set at a door (S3 user metadata). Null if there are none, never empty.</summary>
    public ImmutableSortedDictionary<string, string>? UserMetadata { get; init; }

    public static Entry File(BlobHash hash, long size, long modifiedNanoseconds = 0, bool executable = false, string? contentType = null) =>
        new()
        {
            Kind = EntryKind.File,
            Hash = hash,
            Size = size,
            ModifiedNanoseconds = modifiedNanoseconds,
            Executable = executable,
            ContentType = contentType,
        };

    public static Entry Link(string target, long modifiedNanoseconds = 0) =>
        new() { Kind = EntryKind.SymbolicLink, Target = target, ModifiedNanoseconds = modifiedNanoseconds };

    public static Entry Directory(long modifiedNanoseconds = 0) =>
        new() { Kind = EntryKind.EmptyDirectory, ModifiedNanoseconds = modifiedNanoseconds };

    public bool Equals(Entry? other) =>
        other is not null && Kind == other.Kind && Hash == other.Hash && Size == other.Size && Target == other.Target
        && ModifiedNanoseconds == other.ModifiedNanoseconds && Executable == other.Executable && ContentType == other.ContentType
        && IsPending == other.IsPending && SameMetadata(UserMetadata, other.UserMetadata);

    public override int GetHashCode() => HashCode.Combine(Kind, Hash, Size, Target, ModifiedNanoseconds, Executable);

    private static bool SameMetadata(ImmutableSortedDictionary<string, string>? a, ImmutableSortedDictionary<string, string>? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.Count == b.Count
            && a.All(pair => b.TryGetValue(pair.Key, out string? value) && string.Equals(pair.Value, value, StringComparison.Ordinal)));
}
