namespace Hutch.Datasets.Repositories;

public enum UnreferencedUploadKind
{
    Push,

    /// <summary>The content of a key of git-annex, or a file of git-lfs.</summary>
    Key,
}
