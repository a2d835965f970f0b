using System.Security.Cryptography;
using Hutch.Disk.Folders;

namespace Hutch.Capture;

/// <summary>
/// Records on disk the dataset of each series that is being received, so that a restarted capture continues with it. A file has the dataset
/// in its first line, the series in base64 in its second, and <c>over</c> in a third when the series ended without an end message.
/// </summary>
public sealed class CaptureState(string folder)
{
    private const string Over = "over";

    /// <summary>Series whose end never comes stay remembered until there are so many.</summary>
    private const int MaxSeries = 1000;

    public string Folder => folder;

    /// <summary>The dataset of a series; null when none is remembered.</summary>
    public string? Find(string series) => Read(PathOf(series)) is [var dataset, ..] ? dataset : null;

    /// <summary>Lists the series that are not over, as far as their files name them: those of earlier releases do not.</summary>
    public IReadOnlyList<string> ListUnfinished()
    {
        var found = new List<string>();
        foreach (string path in SmallFile.FolderExists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (Path.GetFileName(path) is { Length: 64 } name && Read(path) is [_, { Length: > 0 } text, ..] lines && !lines.Contains(Over)
                && TryDecode(text) is { } series && Path.GetFileName(PathOf(series)) == name)
            {
                found.Add(series);
            }
        }

        return found;
    }

    public void Remember(string series, string dataset) => Write(series, dataset, "");

    /// <summary>Notes that a series is over although its end was not received; what comes of it later goes to the same dataset.</summary>
    public void MarkOver(string series, string dataset)
    {
        if (Find(series) == dataset)
        {
            Write(series, dataset, Over);
        }
    }

    /// <summary>Forgets a series: it has ended. Another one of the same name may be under way.</summary>
    public void Remove(string series, string dataset)
    {
        if (Find(series) == dataset)
        {
            SmallFile.Delete(PathOf(series));
        }
    }

    private void Write(string series, string dataset, string mark)
    {
        SmallFile.MakePrivateFolder(folder);
        string text = $"{dataset}\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(series))}\n{mark}\n";
        SmallFile.Replace(PathOf(series), Encoding.UTF8.GetBytes(text), SmallFile.OwnerOnly);
        SmallFile.DeleteOldest(folder, MaxSeries);
    }

    private static string[]? Read(string path) => SmallFile.TryRead(path) is { } bytes ? Encoding.UTF8.GetString(bytes).Split('\n') : null;

    private static string? TryDecode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    // The name comes from the detector.
    private string PathOf(string series) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(series))));
}
