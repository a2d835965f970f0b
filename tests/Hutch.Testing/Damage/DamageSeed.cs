using System.Globalization;
using Hutch.Disk;

namespace Hutch.Testing.Damage;

/// <summary>The damage that a seed does to a data folder: it changes one file or swaps two.</summary>
public sealed class DamageSeed
{
    private static readonly string[] Kinds = ["bit", "zeros", "cut", "missing", "swapped"];

    /// <summary>Swaps the list of the sealed segments with the last of them.</summary>
    private const int OfListAndSegment = 787;

    /// <summary>Flips a bit of site.db in the entry of a small file: no file has this hash.</summary>
    private const int OfHashInRecords = 682;

    private readonly string _folder;

    /// <param name="seed">Chooses the damage.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="isTarget">Selects the files that can be hit; null for all.</param>
    public DamageSeed(int seed, string folder, Func<string, bool>? isTarget = null)
    {
        _folder = folder;
        var random = new Random(seed);
        string[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Where(name => Counts(name) && isTarget?.Invoke(name) != false).Order(StringComparer.Ordinal)];
        Kind = Kinds[random.Next(Kinds.Length)];
        File = files[random.Next(files.Length)];
        Other = files[random.Next(files.Length)];
        byte[] before = System.IO.File.ReadAllBytes(PathOf(File));
        int at = random.Next(Math.Max(1, before.Length));
        switch (Kind)
        {
            case "bit":
                byte[] flipped = [.. before];
                if (flipped.Length > 0)
                {
                    flipped[at] ^= (byte)(1 << random.Next(8));
                }

                System.IO.File.WriteAllBytes(PathOf(File), flipped);
                break;
            case "zeros":
                at = random.Next(2) == 0 ? at / 512 * 512 : at;
                byte[] zeroed = [.. before];
                zeroed.AsSpan(at, Math.Min(zeroed.Length - at, random.Next(4) == 0 ? zeroed.Length : random.Next(1, 8192))).Clear();
                System.IO.File.WriteAllBytes(PathOf(File), zeroed);
                break;
            case "cut":
                System.IO.File.WriteAllBytes(PathOf(File), before[..(random.Next(2) == 0 ? at / 512 * 512 : at)]);
                break;
            case "missing":
                System.IO.File.Delete(PathOf(File));
                break;
            default:
                System.IO.File.Move(PathOf(File), PathOf("swap"));
                if (Other != File)
                {
                    System.IO.File.Move(PathOf(Other), PathOf(File));
                }

                System.IO.File.Move(PathOf("swap"), PathOf(Other));
                break;
        }

        (From, To) = Changed(before, System.IO.File.Exists(PathOf(File)) ? System.IO.File.ReadAllBytes(PathOf(File)) : []);
    }

    /// <summary>The seeds to test: 52; 1000 with <c>HUTCH_TORTURE=1</c>; only the fifth with <c>HUTCH_SEEDS=5-5</c>.</summary>
    public static IEnumerable<int> All
    {
        get
        {
            if (Environment.GetEnvironmentVariable("HUTCH_SEEDS")?.Split('-') is [var from, var to])
            {
                return Enumerable.Range(int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture) - int.Parse(from, CultureInfo.InvariantCulture) + 1);
            }

            bool isLong = Environment.GetEnvironmentVariable("HUTCH_TORTURE") is { Length: > 0 };
            return isLong ? Enumerable.Range(1, 1000) : Enumerable.Range(1, 50).Append(OfListAndSegment).Append(OfHashInRecords);
        }
    }

    public string Kind { get; }

    /// <summary>The file that was hit, relative to the data folder.</summary>
    public string File { get; }

    /// <summary>The file that <see cref="File"/> was swapped with.</summary>
    public string Other { get; }

    /// <summary>The first changed byte; equal to <see cref="To"/> if there is none.</summary>
    public long From { get; }

    public long To { get; }

    public bool IsSwap => Kind == "swapped";

    public bool ChangedNothing => From == To;

    public bool IsOf(string folder) => File.StartsWith(folder, StringComparison.Ordinal) || (IsSwap && Other.StartsWith(folder, StringComparison.Ordinal));

    public bool Hits(string file, long from, long to) => IsSwap ? file == File || file == Other : file == File && from < To && to > From;

    public override string ToString() => IsSwap ? $"{File} and {Other} swapped" : $"{Kind} in {File}, bytes {From} to {To}";

    /// <summary>Copies a folder; an existing target is deleted first.</summary>
    public static string Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);

            // Another process may have it open and locked.
            System.IO.File.WriteAllBytes(target, LocalDisk.Instance.ReadAllBytes(file, 64 << 20));
        }

        return to;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static bool Counts(string name) => !name.EndsWith("-shm", StringComparison.Ordinal);

    private static (long From, long To) Changed(byte[] before, byte[] after)
    {
        int from = before.AsSpan().CommonPrefixLength(after);
        int to = Math.Max(before.Length, after.Length);
        while (to > from && to <= before.Length && to <= after.Length && before[to - 1] == after[to - 1])
        {
            to--;
        }

        return (from, to);
    }
}
