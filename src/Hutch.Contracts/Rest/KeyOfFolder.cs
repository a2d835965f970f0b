namespace Hutch.Contracts.Rest;

/// <summary>What an operation does for a key that opens one folder of a dataset (docs/formats/narrowed-tokens.md).</summary>
public enum KeyOfFolder
{
    /// <summary>It is about more than a folder, and refuses such a key. The default.</summary>
    Refused,

    /// <summary>It asks the authorization about each path.</summary>
    Checked,

    /// <summary>It is about no data: the caller itself, or which dataset is meant.</summary>
    NoData,
}
