namespace Hutch.Zone.Authorization;

/// <summary>What an operation is done to.</summary>
public enum OperationTarget
{
    /// <summary>One dataset: the caller's rights on it decide.</summary>
    Dataset,

    /// <summary>One group: being its member or manager decides.</summary>
    Group,

    /// <summary>The caller's own account and things: having an account is enough.</summary>
    Account,

    /// <summary>The whole installation: only a role allows it.</summary>
    Installation,
}
