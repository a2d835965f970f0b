namespace Hutch.Agent.Writing;

/// <summary>Where a block was written.</summary>
/// <param name="Place">Which file holds it.</param>
/// <param name="Notice">What the operator should know; null for nothing.</param>
/// <param name="MustSettle">Whether <see cref="BlockWriter.Finish"/> has to be called after <see cref="BlockWriter.SettleTime"/>.</param>
public sealed record WrittenBlock(BlockLocation Place, string? Notice = null, bool MustSettle = false);

/// <summary>Which file holds the block.</summary>
public enum BlockLocation
{
    /// <summary>The metadata file.</summary>
    MetadataFile,

    /// <summary>A file of the agent's own beside it.</summary>
    SideFile,

    /// <summary>A file in the configured side folder.</summary>
    SideFolder,
}
