namespace Hutch.Model.NarrowedTokens;

/// <summary>The doors that a narrowed token opens. The commands, the portal and mounts use <see cref="Rest"/>.</summary>
[Flags]
public enum TokenDoors
{
    None = 0,

    Rest = 1,

    S3 = 2,

    WebDav = 4,

    /// <summary>git, git-annex and the RIA store.</summary>
    Git = 8,

    All = Rest | S3 | WebDav | Git,
}
