using Hutch.Agent.Rules;

namespace Hutch.Agent.Writing;

/// <summary>
/// A file of the agent's own until it is complete: then it takes the name by which it is known. A disk that is full, or a crash, leaves
/// nothing that looks complete.
/// </summary>
internal static class Draft
{
    private const string Prefix = FolderRule.OwnPrefix + "new";

    public static string NameOf(string name) => Prefix + (name.StartsWith('.') ? name : "-" + name);

    /// <summary>
    /// Removes drafts without a byte. A mount such as rclone's may still be closing a file that was removed or renamed, and then makes it
    /// again, empty. Only for the agent that has claimed the folder, while it writes nothing there.
    /// </summary>
    public static void RemoveEmpty(IMetadataFolder folder)
    {
        foreach (string name in folder.Names(Prefix))
        {
            if (name[Prefix.Length..] is ['-' or '.', ..] && folder.Read(name, 0) is { Length: 0 })
            {
                folder.Delete(name);
            }
        }
    }
}
