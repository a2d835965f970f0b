using System.Diagnostics;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes.Salvage;

/// <summary>A bucket, copied into a folder, and what <c>deploy/salvage/salvage.sh</c> gets out of it.</summary>
internal static class SalvagedBucket
{
    /// <summary>Copies the bucket and runs the script, in a folder of which nothing else is.</summary>
    public static async Task<(int Exit, string Output)> RunAsync(MemoryObjectStore objects, string work, CancellationToken ct)
    {
        string bucket = Path.Combine(work, "bucket");
        foreach (string earlier in new[] { bucket, Path.Combine(work, "target") }.Where(Directory.Exists))
        {
            Directory.Delete(earlier, recursive: true);
        }

        foreach (string key in objects.Keys)
        {
            string file = Path.Combine(bucket, key);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, objects[key], ct);
        }

        using Process process = Process.Start(new ProcessStartInfo("bash", [Script(), bucket, Path.Combine(work, "target")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, output + await errors);
    }

    /// <summary>Checks that exactly these files came out, with their content.</summary>
    public static void AssertFiles(string work, IReadOnlyDictionary<string, byte[]> files, IEnumerable<string> expected)
    {
        string root = Path.Combine(work, "target");
        List<string> found = [.. Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        foreach (string path in found)
        {
            Assert.True(files[path].AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(root, path))), path);
        }
    }

    private static string Script()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "deploy", "salvage", "salvage.sh");
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new FileNotFoundException("deploy/salvage/salvage.sh");
    }
}
