using System.Security.Cryptography;
using Hutch.Disk.Folders;

namespace Hutch.Capture;

/// <summary>Records on disk the dataset of each series that is being received, so that a restarted capture continues with it.</summary>
public sealed class CaptureState(string folder)
{
    /// <summary>Series whose end never comes stay remembered until there are so many.</summary>
    private const int MaxSeries = 1000;

    /// <summary>The dataset of a series; null when none is remembered.</summary>
    public string? Find(string series) => SmallFile.TryRead(PathOf(series)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public void Remember(string series, string dataset)
    {
        SmallFile.MakePrivateFolder(folder);
        SmallFile.Replace(PathOf(series), Encoding.UTF8.GetBytes(dataset), SmallFile.OwnerOnly);
        SmallFile.DeleteOldest(folder, MaxSeries);
    }

    /// <summary>Forgets a series: it has ended. Another one of the same name may be under way.</summary>
    public void Remove(string series, string dataset)
    {
        if (Find(series) == dataset)
        {
            SmallFile.Delete(PathOf(series));
        }
    }

    // The name comes from the detector.
    private string PathOf(string series) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(series))));
}
