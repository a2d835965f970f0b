namespace Hutch.Agent.Writing;

/// <summary>The result of writing a block.</summary>
/// <param name="Place">The file that holds it.</param>
/// <param name="Notice">A notice for the operator; null for none.</param>
/// <param name="MustSettle">True if <see cref="BlockWriter.Finish"/> must be called after <see cref="BlockWriter.SettleTime"/>.</param>
public sealed record WrittenBlock(BlockLocation Place, string? Notice = null, bool MustSettle = false);

/// <summary>Which file holds the block.</summary>
public enum BlockLocation
{
    MetadataFile,

    /// <summary>A file of the agent's own next to it.</summary>
    SideFile,

    /// <summary>A file in the configured side folder.</summary>
    SideFolder,
}
