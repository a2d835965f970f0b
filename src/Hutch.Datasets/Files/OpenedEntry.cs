using Hutch.Model;
using Hutch.Site.Blobs;

namespace Hutch.Datasets.Files;

/// <param name="Path">Where it stands.</param>
/// <param name="Entry">What it is.</param>
/// <param name="Content">Its bytes; null for what is not a file.</param>
public sealed record OpenedEntry(DatasetPath Path, Entry Entry, BlobContent? Content);
