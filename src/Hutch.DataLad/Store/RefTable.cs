using System.Collections.Immutable;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Store;

/// <summary>
/// The refs of a stored git repository, as its file <c>packed-refs</c> has them. In addition to the refs of users there is one for each
/// version of the dataset, <c>refs/hutch/versions/NUMBER</c>: its commit, which is recorded with the first push. A ref that a manager
/// removed becomes <c>refs/hutch/removed/OBJECT/NAME</c>, with the name escaped: its history stays, and copies see what became of it.
/// </summary>
/// <param name="Head">The branch whose commits are the versions of the dataset.</param>
internal sealed record RefTable(string Head, ImmutableSortedDictionary<string, ObjectId> Refs)
{
    public const string MainRef = "refs/heads/main";

    private const string HiddenPrefix = "refs/hutch/";
    private const string VersionPrefix = HiddenPrefix + "versions/";
    private const string RemovedPrefix = HiddenPrefix + "removed/";
    private const string HeadLine = "ref: ";
    private const string FirstLine = "# pack-refs with: sorted\n";

    public static RefTable Empty { get; } = new(MainRef, ImmutableSortedDictionary.Create<string, ObjectId>(StringComparer.Ordinal));

    public IEnumerable<KeyValuePair<string, ObjectId>> Shown =>
        Refs.Where(static one => !one.Key.StartsWith(HiddenPrefix, StringComparison.Ordinal));

    public static bool IsOfVersion(string name) =>
        name.StartsWith(VersionPrefix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(VersionPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && NameOfVersion(number) == name;

    /// <summary>Returns the first ref below a name, so that none can be at it; null for none.</summary>
    /// <param name="names">The names of refs, in ordinal order.</param>
    public static string? FindBelow(SortedSet<string> names, string name) => names.GetViewBetween($"{name}/", $"{name}/\uffff").Min;

    /// <summary>Returns true for the record of a removed ref that named this object.</summary>
    public static bool IsOfRemoved(string name, ObjectId id) => name.StartsWith($"{RemovedPrefix}{id}/", StringComparison.Ordinal);

    public static string NameOfRemoved(string name, ObjectId id) => $"{RemovedPrefix}{id}/{Uri.EscapeDataString(name)}";

    public static string NameOfVersion(long number) => VersionPrefix + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The commit that a version is; null when it was not recorded.</summary>
    public ObjectId? CommitOf(long number) => Refs.TryGetValue(NameOfVersion(number), out ObjectId id) ? id : null;

    /// <summary>The commit of the newest recorded version up to this number; null without any.</summary>
    public ObjectId? CommitUntil(long number) =>
        Versions.Where(one => one.Number <= number).OrderByDescending(static one => one.Number).Select(static one => (ObjectId?)one.Commit)
            .FirstOrDefault();

    /// <summary>The newest recorded version with this commit; null without any.</summary>
    public long? VersionOf(ObjectId commit) =>
        Versions.Where(one => one.Commit == commit).Max(static one => (long?)one.Number);

    private IEnumerable<(long Number, ObjectId Commit)> Versions =>
        from one in Refs
        where IsOfVersion(one.Key)
        select (long.Parse(one.Key.AsSpan(VersionPrefix.Length), CultureInfo.InvariantCulture), one.Value);

    public ObjectId? Find(string name) => Refs.TryGetValue(name, out ObjectId id) ? id : null;

    public static RefTable Parse(ReadOnlySpan<byte> head, ReadOnlySpan<byte> packed)
    {
        var refs = Empty.Refs.ToBuilder();
        foreach (string line in Encoding.UTF8.GetString(packed).Split('\n'))
        {
            if (line.Length > ObjectId.TextLength + 1
                && ObjectId.TryParse(Encoding.UTF8.GetBytes(line[..ObjectId.TextLength]), out ObjectId id))
            {
                refs[line[(ObjectId.TextLength + 1)..]] = id;
            }
        }

        string name = Encoding.UTF8.GetString(head).Trim();
        return new RefTable(name.StartsWith(HeadLine, StringComparison.Ordinal) ? name[HeadLine.Length..] : MainRef, refs.ToImmutable());
    }

    public byte[] ToHead() => Encoding.UTF8.GetBytes(HeadLine + Head + "\n");

    public byte[] ToPacked() => Encoding.UTF8.GetBytes(FirstLine + string.Concat(Refs.Select(static one => $"{one.Value} {one.Key}\n")));
}
