namespace Hutch.Agent.Writing;

/// <param name="MustSettle">True if <see cref="BlockWriter.Finish"/> must be called after <see cref="BlockWriter.SettleTime"/>.</param>
public sealed record WrittenBlock(BlockLocation Place, string? Notice = null, bool MustSettle = false);

public enum BlockLocation
{
    MetadataFile,

    SideFile,

    SideFolder,
}
