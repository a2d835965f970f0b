using System.Runtime.CompilerServices;

namespace Hutch.Cli.Tests;

/// <summary>Texts that are kept in files and reviewed as prose. HUTCH_UPDATE_SNAPSHOTS=1 writes them anew.</summary>
internal static class Snapshots
{
    internal static string Folder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;

    internal static string Repository => Path.GetFullPath(Path.Combine(Folder(), "..", ".."));

    internal static void Check(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("HUTCH_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; HUTCH_UPDATE_SNAPSHOTS=1 writes it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
