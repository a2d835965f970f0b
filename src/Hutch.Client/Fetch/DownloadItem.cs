using Hutch.Model.Contracts;

namespace Hutch.Client.Fetch;

/// <summary>One entry to be put into the working directory.</summary>
/// <param name="Entry">What, and under which path here.</param>
/// <param name="ServerPath">Its path in the snapshot that it is read from.</param>
internal sealed record DownloadItem(EntryInfo Entry, string ServerPath)
{
    /// <summary>An entry that has the same path here and there.</summary>
    internal static DownloadItem Of(EntryInfo entry) => new(entry, entry.Path);
}
