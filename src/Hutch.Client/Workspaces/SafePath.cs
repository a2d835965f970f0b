namespace Hutch.Client.Workspaces;

/// <summary>Checks what a server says before it becomes a name on this disk: no server is trusted with that.</summary>
internal static class SafePath
{
    /// <summary>Throws unless an entry can be written into a working directory without leaving it or touching our own files.</summary>
    /// <param name="path">The path under which the server sent it, when it said that apart.</param>
    internal static EntryInfo Check(EntryInfo entry, string? path = null)
    {
        if (path is not null && path != entry.Path)
        {
            throw Reject(entry, $"is not {Display.Quote(path)}, where it says it belongs");
        }

        DatasetPath parsed = DatasetPath.Parse(entry.Path).Value;
        if (parsed.Value != entry.Path)
        {
            throw Reject(entry, "is not in normal form (NFC)");
        }

        foreach (string part in entry.Path.Split('/'))
        {
            if (ReservedNames.IsReserved(part)
                || part.StartsWith(Workspace.TemporaryPrefix, StringComparison.OrdinalIgnoreCase))
            {
                throw Reject(entry, "is reserved for the working directory itself");
            }
        }

        return CheckContent(entry);
    }

    private static EntryInfo CheckContent(EntryInfo entry) => entry.Kind switch
    {
        EntryKinds.File when entry.Hash is null || entry.Size is null or < 0 => throw Reject(entry, "has no hash or no size"),
        EntryKinds.Link when string.IsNullOrEmpty(entry.Target) => throw Reject(entry, "is a link without a target"),
        EntryKinds.File or EntryKinds.Link or EntryKinds.Directory => entry,
        _ => throw Reject(entry, $"is a {Display.Quote(entry.Kind)}, which this version of hutch does not know"),
    };

    private static HutchException Reject(EntryInfo entry, string why) =>
        ErrorCode.InvalidPath.With($"The server sent {Display.Quote(entry.Path)}, which {why}; it was not written.").ToException();
}
