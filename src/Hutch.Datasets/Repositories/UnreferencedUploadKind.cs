namespace Hutch.Datasets.Repositories;

public enum UnreferencedUploadKind
{
    /// <summary>A push that is under way.</summary>
    Push,

    /// <summary>The content of a key of git-annex, or a file of git-lfs.</summary>
    Key,
}
