using System.Security.Cryptography;

namespace Hutch.Bench.Stores;

/// <summary>Files of random bytes, so that nobody can compress or deduplicate them.</summary>
/// <param name="Name">For people.</param>
/// <param name="Count">How many files.</param>
/// <param name="BytesEach">Their size.</param>
internal sealed record FileSet(string Name, int Count, long BytesEach)
{
    private const int FilesInAFolder = 100;
    private const int BufferBytes = 1024 * 1024;

    /// <summary>All bytes together.</summary>
    public long Bytes => Count * BytesEach;

    /// <summary>Writes the files below a folder. Equal seeds give equal files.</summary>
    public async Task WriteAsync(string folder, int seed, CancellationToken ct)
    {
        Random random = new(seed);
        byte[] buffer = new byte[BufferBytes];
        for (int i = 0; i < Count; i++)
        {
            string parent = Path.Combine(folder, $"{i / FilesInAFolder:000}");
            Directory.CreateDirectory(parent);
            await using FileStream file = File.Create(Path.Combine(parent, $"{i:00000}.bin"));
            for (long left = BytesEach; left > 0; left -= Math.Min(left, BufferBytes))
            {
                Memory<byte> part = buffer.AsMemory(0, (int)Math.Min(left, BufferBytes));
                random.NextBytes(part.Span);
                await file.WriteAsync(part, ct);
            }
        }
    }

    /// <summary>Throws unless the other folder has the same files with the same bytes (links are followed; `.…` folders left out).</summary>
    public static async Task RequireEqualAsync(string expected, string actual, CancellationToken ct)
    {
        string[] names = [.. Names(expected)];
        string[] others = [.. Names(actual)];
        if (!names.SequenceEqual(others))
        {
            throw new InvalidOperationException($"{actual} has {others.Length} files, not the {names.Length} of {expected}.");
        }

        foreach (string name in names)
        {
            byte[] hash = await HashAsync(Path.Combine(expected, name), ct);
            byte[] other = await HashAsync(Path.Combine(actual, name), ct);
            if (!hash.AsSpan().SequenceEqual(other))
            {
                throw new InvalidOperationException($"{name} has other bytes in {actual}.");
            }
        }
    }

    /// <summary>SHA-256 of all files below a folder with one thread, reading from the page cache: the floor for who verifies.</summary>
    public static async Task<double> HashSecondsAsync(string folder, CancellationToken ct)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        foreach (string name in Names(folder))
        {
            await HashAsync(Path.Combine(folder, name), ct);
        }

        return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Copying the one file below a folder and syncing the copy, as <c>dd conv=fdatasync</c> does: the floor for who makes them durable.</summary>
    public static async Task<Measurement> CopySecondsAsync(string folder, string target, CancellationToken ct)
    {
        string[] arguments = ["of=" + target, "bs=8M", "conv=fdatasync", "status=none", "if=" + Path.Combine(folder, Names(folder).Single())];
        Measurement took = await Measurement.RunAsync(folder, new Dictionary<string, string>(), "dd", arguments, ct);
        File.Delete(target);
        return took;
    }

    private static IEnumerable<string> Names(string folder) => Directory
        .EnumerateFiles(folder, "*.bin", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path))
        .Where(name => name[0] != '.')
        .Order(StringComparer.Ordinal);

    private static async Task<byte[]> HashAsync(string path, CancellationToken ct)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        return await SHA256.HashDataAsync(file, ct);
    }
}
