using Hutch.Client.Workspaces;

namespace Hutch.Client.Watching;

/// <summary>A file that was sent and has not changed since.</summary>
internal sealed record SentFile(LocalItem Item, BlobHash Hash);
