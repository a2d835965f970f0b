namespace Hutch.Datasets.Accounts;

/// <summary>What a secret opens.</summary>
public enum CredentialKind
{
    /// <summary>An account, as far as the token reaches: <c>hutch_ID_SECRET</c>.</summary>
    Token,

    /// <summary>One dataset: <c>hutchlink_ID_SECRET</c>.</summary>
    Link,
}
